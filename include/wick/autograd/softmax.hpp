#pragma once

// Softmax, recorded. softmax(x, dim) is that of ops/softmax.hpp.

#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/ops/softmax.hpp>

WICK_BEGIN_NAMESPACE

/// exp(x) divided by its sum, over the last dimension.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
template <Floating T>
[[nodiscard]] Var<T> softmax(const Var<T>& x);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/softmax.ipp>
#endif
