#pragma once

// Arithmetic and functions of each element, recorded.

#include <wick/autograd/tape.hpp>
#include <wick/tensor/tensor.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

// Operands broadcast; those of equal shapes are fused with what was put off before. Throws ShapeError: "The
// size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1".

template <Floating T>
[[nodiscard]] Var<T> add(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> sub(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> mul(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> div(const Var<T>& x, const Var<T>& y);

template <Floating T>
[[nodiscard]] Var<T> add(const Var<T>& x, std::type_identity_t<T> number);
template <Floating T>
[[nodiscard]] Var<T> mul(const Var<T>& x, std::type_identity_t<T> number);
template <Floating T>
[[nodiscard]] Var<T> div(const Var<T>& x, std::type_identity_t<T> number);

template <Floating T>
[[nodiscard]] Var<T> exp(const Var<T>& x);
/// The natural logarithm.
template <Floating T>
[[nodiscard]] Var<T> log(const Var<T>& x);
template <Floating T>
[[nodiscard]] Var<T> tanh(const Var<T>& x);
/// 1 / (1 + e^-x)
template <Floating T>
[[nodiscard]] Var<T> sigmoid(const Var<T>& x);
/// max(x, 0); its derivative at 0 is 0, as in PyTorch.
template <Floating T>
[[nodiscard]] Var<T> relu(const Var<T>& x);
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2: PyTorch's gelu(x, approximate='tanh').
template <Floating T>
[[nodiscard]] Var<T> gelu_tanh(const Var<T>& x);
template <Floating T>
[[nodiscard]] Var<T> square(const Var<T>& x);

template <Floating T>
[[nodiscard]] Var<T> operator+(const Var<T>& x, const Var<T>& y) {
  return add(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const Var<T>& x, const Var<T>& y) {
  return sub(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator*(const Var<T>& x, const Var<T>& y) {
  return mul(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator/(const Var<T>& x, const Var<T>& y) {
  return div(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const Var<T>& x) {
  return mul(x, T(-1));
}

// Beside a number.

template <Floating T>
[[nodiscard]] Var<T> operator+(const Var<T>& x, std::type_identity_t<T> y) {
  return add(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator+(std::type_identity_t<T> x, const Var<T>& y) {
  return add(y, x);
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const Var<T>& x, std::type_identity_t<T> y) {
  return add(x, -y);
}
template <Floating T>
[[nodiscard]] Var<T> operator-(std::type_identity_t<T> x, const Var<T>& y) {
  return add(-y, x);
}
template <Floating T>
[[nodiscard]] Var<T> operator*(const Var<T>& x, std::type_identity_t<T> y) {
  return mul(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator*(std::type_identity_t<T> x, const Var<T>& y) {
  return mul(y, x);
}
template <Floating T>
[[nodiscard]] Var<T> operator/(const Var<T>& x, std::type_identity_t<T> y) {
  return div(x, y);
}
template <Floating T>
[[nodiscard]] Var<T> operator/(std::type_identity_t<T> x, const Var<T>& y) {
  return div(y.tape().constant(TensorView<const T>(&x, Shape{})), y);
}

// Beside a tensor, which is copied to the tape.

template <Floating T>
[[nodiscard]] Var<T> operator+(const Var<T>& x, const std::type_identity_t<TensorArg<T>>& y) {
  return add(x, x.tape().constant(y));
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const Var<T>& x, const std::type_identity_t<TensorArg<T>>& y) {
  return sub(x, x.tape().constant(y));
}
template <Floating T>
[[nodiscard]] Var<T> operator*(const Var<T>& x, const std::type_identity_t<TensorArg<T>>& y) {
  return mul(x, x.tape().constant(y));
}
template <Floating T>
[[nodiscard]] Var<T> operator/(const Var<T>& x, const std::type_identity_t<TensorArg<T>>& y) {
  return div(x, x.tape().constant(y));
}
template <Floating T>
[[nodiscard]] Var<T> operator+(const std::type_identity_t<TensorArg<T>>& x, const Var<T>& y) {
  return add(y.tape().constant(x), y);
}
template <Floating T>
[[nodiscard]] Var<T> operator-(const std::type_identity_t<TensorArg<T>>& x, const Var<T>& y) {
  return sub(y.tape().constant(x), y);
}
template <Floating T>
[[nodiscard]] Var<T> operator*(const std::type_identity_t<TensorArg<T>>& x, const Var<T>& y) {
  return mul(y.tape().constant(x), y);
}
template <Floating T>
[[nodiscard]] Var<T> operator/(const std::type_identity_t<TensorArg<T>>& x, const Var<T>& y) {
  return div(y.tape().constant(x), y);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/elementwise.ipp>
#endif
