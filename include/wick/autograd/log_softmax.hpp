#pragma once

// Log-softmax, recorded. log_softmax(x, dim) is that of ops/log_softmax.hpp.

#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/ops/log_softmax.hpp>

WICK_BEGIN_NAMESPACE

/// log(softmax(x)) over the last dimension.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
template <Floating T>
[[nodiscard]] Var<T> log_softmax(const Var<T>& x);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/log_softmax.ipp>
#endif
