#pragma once

// What stands beside variables without being one: tensors that gradients are wanted by, and the parameters of
// the model that is called.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/recorder.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

/// A copy of x on the tape of this thread, by which gradients are wanted: x.clone().requires_grad_().
template <Floating T>
[[nodiscard]] Var<T> requires_grad(const Tensor<T>& x) {
  return default_tape<T>().input(x, true);
}

// A parameter as the slot that a module keeps of it: `matmul(x, weight) + bias`. Throws Error unless a model
// is being called, IndexError for a slot of another model.

template <Floating T>
[[nodiscard]] Var<T> operator+(const Var<T>& x, const Slot& y) {
  return x + x.tape().parameter(y);
}
template <Floating T>
[[nodiscard]] Var<T> operator+(const Slot& x, const Var<T>& y) {
  return y.tape().parameter(x) + y;
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const Var<T>& x, const Slot& y) {
  return x - x.tape().parameter(y);
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const Slot& x, const Var<T>& y) {
  return y.tape().parameter(x) - y;
}
template <Floating T>
[[nodiscard]] Var<T> operator*(const Var<T>& x, const Slot& y) {
  return x * x.tape().parameter(y);
}
template <Floating T>
[[nodiscard]] Var<T> operator*(const Slot& x, const Var<T>& y) {
  return y.tape().parameter(x) * y;
}
template <Floating T>
[[nodiscard]] Var<T> operator/(const Var<T>& x, const Slot& y) {
  return x / x.tape().parameter(y);
}
template <Floating T>
[[nodiscard]] Var<T> operator/(const Slot& x, const Var<T>& y) {
  return y.tape().parameter(x) / y;
}
template <Floating T>
[[nodiscard]] Var<T> matmul(const Var<T>& x, const Slot& y) {
  return matmul(x, x.tape().parameter(y));
}

WICK_END_NAMESPACE
