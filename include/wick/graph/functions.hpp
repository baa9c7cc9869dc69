#pragma once

// Functions of each element that fewer programs need, as operations of a program, and what is made of others.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/functions.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Operation<T> sqrt_operation{.name = "sqrt", .apply = &apply_each<Sqrt, T>};
template <Floating T>
inline constexpr Operation<T> sin_operation{.name = "sin", .apply = &apply_each<Sin, T>};
template <Floating T>
inline constexpr Operation<T> cos_operation{.name = "cos", .apply = &apply_each<Cos, T>};
template <Floating T>
inline constexpr Operation<T> abs_operation{.name = "abs", .apply = &apply_each<Abs, T>};
template <Floating T>
inline constexpr Operation<T> sign_operation{.name = "sign", .apply = &apply_each<Sign, T>};

}  // namespace detail

// What these compute is said at their namesakes in autograd/functions.hpp.

template <Floating T>
[[nodiscard]] Symbol<T> sqrt(const Symbol<T>& x) {
  return x.tape().record(detail::sqrt_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> sin(const Symbol<T>& x) {
  return x.tape().record(detail::sin_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> cos(const Symbol<T>& x) {
  return x.tape().record(detail::cos_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> abs(const Symbol<T>& x) {
  return x.tape().record(detail::abs_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> sign(const Symbol<T>& x) {
  return x.tape().record(detail::sign_operation<T>, {x});
}

/// exp(log_softmax(x)): over the last dimension.
template <Recorded Value>
[[nodiscard]] Value softmax(const Value& x) {
  return exp(log_softmax(x));
}

WICK_END_NAMESPACE
