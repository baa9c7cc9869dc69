#pragma once

// x W^T + b, recorded. That without b is in graph/linear.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/linear.hpp>
#include <wick/state/parameter_block.hpp>

WICK_BEGIN_NAMESPACE

/// x W^T + b for x (..., In), W (Out, In) and b (Out). Elementwise operations that follow run while its
/// results are in the cache. Throws ShapeError for others, in PyTorch's words.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
template <Floating T>
[[nodiscard]] Var<T> linear(const Var<T>& x, const Var<T>& weight, const Var<T>& bias);
/// The same with parameters of the model that is called.
template <Floating T>
[[nodiscard]] Var<T> linear(const Var<T>& x, const Slot& weight, const Slot& bias);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/linear.ipp>
#endif
