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

namespace detail {

/// What stands for a value beside another one: a tensor, which is copied, or a parameter of the model that is
/// called.
template <class Tx, class Value>
concept BesideValue = std::same_as<Tx, Slot> ||
    (!Recorded<Tx> && std::convertible_to<const Tx&, TensorArg<typename Value::Scalar>>);

/// It as a value, and a value as it is.
template <Recorded Value, class Tx>
[[nodiscard]] Value value_beside(const Value& beside, const Tx& x) {
  if constexpr (std::same_as<Tx, Value>) {
    return x;
  } else if constexpr (std::same_as<Tx, Slot>) {
    return beside.tape().parameter(x);
  } else {
    return beside.tape().constant(x);
  }
}

}  // namespace detail

/// A value, and a tensor or a parameter that stands for one.
template <class Tx, class Ty>
concept MixedPair = (Recorded<Tx> && detail::BesideValue<Ty, Tx>) ||
                    (Recorded<Ty> && detail::BesideValue<Tx, Ty>);

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

/// The same beside a parameter of the model that is called, as the slot that a module keeps of it: `x * scale
/// + bias`. Throws Error unless a model is being called, IndexError for a slot of another model.

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

/// x becomes another value, x + y and so on; what other variables show stays what it is.

template <Recorded Value, class Other>
requires requires(const Value& x, const Other& y) { x + y; }
Value& operator+=(Value& x, const Other& y) { return x = x + y; }
template <Recorded Value, class Other>
requires requires(const Value& x, const Other& y) { x - y; }
Value& operator-=(Value& x, const Other& y) { return x = x - y; }
template <Recorded Value, class Other>
requires requires(const Value& x, const Other& y) { x* y; }
Value& operator*=(Value& x, const Other& y) { return x = x * y; }
template <Recorded Value, class Other>
requires requires(const Value& x, const Other& y) { x / y; }
Value& operator/=(Value& x, const Other& y) { return x = x / y; }

WICK_END_NAMESPACE
