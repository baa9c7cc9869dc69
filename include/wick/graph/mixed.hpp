#pragma once

// Functions of values of which some are tensors or parameters: `matmul(x, weight)`, `maximum(x, floor)`.

#include <wick/graph/operators.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>

WICK_BEGIN_NAMESPACE

namespace detail {

/// f(x, y) of two values, one of which is a tensor or a parameter.
template <class Tx, class Ty, class Function>
[[nodiscard]] auto of_values(const Tx& x, const Ty& y, const Function& f) {
  if constexpr (Recorded<Tx>) {
    return f(x, value_beside(x, y));
  } else {
    return f(value_beside(y, x), y);
  }
}

}  // namespace detail

/// The functions of these names of two values, where one of them is a tensor, which is copied and has no
/// gradient, or a parameter of the model that is called, as the slot that its module keeps of it. Throw what
/// those throw, and for a slot Error unless a model is being called, IndexError if it is another model's.

template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto matmul(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return matmul(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto mm(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return mm(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto bmm(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return bmm(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto dot(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return dot(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto outer(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return outer(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto add(const Tx& x, const Ty& y) { return x + y; }
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto sub(const Tx& x, const Ty& y) { return x - y; }
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto mul(const Tx& x, const Ty& y) { return x * y; }
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto div(const Tx& x, const Ty& y) { return x / y; }
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto pow(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return pow(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto maximum(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return maximum(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto minimum(const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [](const auto& a, const auto& b) { return minimum(a, b); });
}
template <class Tx, class Ty>
requires MixedPair<Tx, Ty>
[[nodiscard]] auto where(TensorArg<bool> condition, const Tx& x, const Ty& y) {
  return detail::of_values(x, y, [&](const auto& a, const auto& b) { return where(condition, a, b); });
}

/// linear() where the input, or the weight and the bias, are tensors or parameters.

template <class Tx, Recorded Value>
requires detail::BesideValue<Tx, Value>
[[nodiscard]] Value linear(const Tx& x, const Value& weight) {
  return linear(detail::value_beside(weight, x), weight);
}
template <class Tx, Recorded Value>
requires detail::BesideValue<Tx, Value>
[[nodiscard]] Value linear(const Tx& x, const Value& weight, const Value& bias) {
  return linear(detail::value_beside(weight, x), weight, bias);
}
template <Recorded Value>
[[nodiscard]] Value linear(const Value& x, const TensorArg<typename Value::Scalar>& weight) {
  return linear(x, x.tape().constant(weight));
}
template <Recorded Value>
[[nodiscard]] Value linear(const Value& x, const TensorArg<typename Value::Scalar>& weight,
                           const TensorArg<typename Value::Scalar>& bias) {
  const Value w = x.tape().constant(weight);
  return linear(x, w, x.tape().constant(bias));
}

WICK_END_NAMESPACE
