#pragma once

// Tensors that gradients are wanted by, beside variables without being one.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/mixed.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

/// A copy of x on the tape of this thread, by which gradients are wanted: x.clone().requires_grad_().
template <Floating T>
[[nodiscard]] Var<T> requires_grad(const Tensor<T>& x) {
  return default_tape<T>().input(x, true);
}

WICK_END_NAMESPACE
