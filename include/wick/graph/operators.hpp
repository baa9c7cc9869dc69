#pragma once

// Operators of values that operations are recorded for: variables and symbols.

#include <wick/base/types.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>

WICK_BEGIN_NAMESPACE

/// A value on a tape or in a trace.
template <class Value>
concept Recorded = requires(const Value& x) {
  typename Value::Scalar;
  x.tape().constant(TensorArg<typename Value::Scalar>(TensorView<const typename Value::Scalar>()));
};

/// add(), sub(), mul() and div(), and the opposite of x.
template <Recorded Value>
[[nodiscard]] Value operator+(const Value& x, const Value& y) {
  return add(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator-(const Value& x, const Value& y) {
  return sub(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator*(const Value& x, const Value& y) {
  return mul(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator/(const Value& x, const Value& y) {
  return div(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator-(const Value& x) {
  return mul(x, typename Value::Scalar(-1));
}

/// The same beside a number.

template <Recorded Value>
[[nodiscard]] Value operator+(const Value& x, typename Value::Scalar y) {
  return add(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator+(typename Value::Scalar x, const Value& y) {
  return add(y, x);
}
template <Recorded Value>
[[nodiscard]] Value operator-(const Value& x, typename Value::Scalar y) {
  return add(x, -y);
}
template <Recorded Value>
[[nodiscard]] Value operator-(typename Value::Scalar x, const Value& y) {
  return add(-y, x);
}
template <Recorded Value>
[[nodiscard]] Value operator*(const Value& x, typename Value::Scalar y) {
  return mul(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator*(typename Value::Scalar x, const Value& y) {
  return mul(y, x);
}
template <Recorded Value>
[[nodiscard]] Value operator/(const Value& x, typename Value::Scalar y) {
  return div(x, y);
}
template <Recorded Value>
[[nodiscard]] Value operator/(typename Value::Scalar x, const Value& y) {
  return div(y.tape().constant(TensorView<const typename Value::Scalar>(&x, Shape{})), y);
}

/// The same beside a tensor, which is copied.

template <Recorded Value>
[[nodiscard]] Value operator+(const Value& x, const TensorArg<typename Value::Scalar>& y) {
  return add(x, x.tape().constant(y));
}
template <Recorded Value>
[[nodiscard]] Value operator-(const Value& x, const TensorArg<typename Value::Scalar>& y) {
  return sub(x, x.tape().constant(y));
}
template <Recorded Value>
[[nodiscard]] Value operator*(const Value& x, const TensorArg<typename Value::Scalar>& y) {
  return mul(x, x.tape().constant(y));
}
template <Recorded Value>
[[nodiscard]] Value operator/(const Value& x, const TensorArg<typename Value::Scalar>& y) {
  return div(x, x.tape().constant(y));
}
template <Recorded Value>
[[nodiscard]] Value operator+(const TensorArg<typename Value::Scalar>& x, const Value& y) {
  return add(y.tape().constant(x), y);
}
template <Recorded Value>
[[nodiscard]] Value operator-(const TensorArg<typename Value::Scalar>& x, const Value& y) {
  return sub(y.tape().constant(x), y);
}
template <Recorded Value>
[[nodiscard]] Value operator*(const TensorArg<typename Value::Scalar>& x, const Value& y) {
  return mul(y.tape().constant(x), y);
}
template <Recorded Value>
[[nodiscard]] Value operator/(const TensorArg<typename Value::Scalar>& x, const Value& y) {
  return div(y.tape().constant(x), y);
}

/// The same beside a parameter of the model that is called, as the slot that a module keeps of it: `matmul(x,
/// weight) + bias`. Throws Error unless a model is being called, IndexError for a slot of another model.

template <Recorded Value>
[[nodiscard]] Value operator+(const Value& x, const Slot& y) {
  return x + x.tape().parameter(y);
}
template <Recorded Value>
[[nodiscard]] Value operator+(const Slot& x, const Value& y) {
  return y.tape().parameter(x) + y;
}
template <Recorded Value>
[[nodiscard]] Value operator-(const Value& x, const Slot& y) {
  return x - x.tape().parameter(y);
}
template <Recorded Value>
[[nodiscard]] Value operator-(const Slot& x, const Value& y) {
  return y.tape().parameter(x) - y;
}
template <Recorded Value>
[[nodiscard]] Value operator*(const Value& x, const Slot& y) {
  return x * x.tape().parameter(y);
}
template <Recorded Value>
[[nodiscard]] Value operator*(const Slot& x, const Value& y) {
  return y.tape().parameter(x) * y;
}
template <Recorded Value>
[[nodiscard]] Value operator/(const Value& x, const Slot& y) {
  return x / x.tape().parameter(y);
}
template <Recorded Value>
[[nodiscard]] Value operator/(const Slot& x, const Value& y) {
  return y.tape().parameter(x) / y;
}
template <Recorded Value>
[[nodiscard]] Value matmul(const Value& x, const Slot& y) {
  return matmul(x, x.tape().parameter(y));
}

WICK_END_NAMESPACE
