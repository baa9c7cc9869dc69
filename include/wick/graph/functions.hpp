#pragma once

// Functions of each element that fewer programs need, as operations of a program, and what is made of others.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/functions.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Function, Floating T>
inline constexpr Operation<T> function_operation{
    .name = Function::name, .apply = [](const Stretch<T>& s) {
      if constexpr (requires { Function::loop(s.in, s.n, s.out); }) {
        Function::loop(s.in, s.n, s.out);
      } else {
        apply_each<Function, T>(s);
      }
    }};

template <class Function, Floating T>
[[nodiscard]] Symbol<T> applied(Function /*which*/, const Symbol<T>& x) {
  return x.tape().record(function_operation<Function, T>, {x});
}

}  // namespace detail

// Of variables and symbols. Values are those of the functions of tensors.

/// The square root; its derivative at 0 is infinite.
template <Recorded Value>
[[nodiscard]] Value sqrt(const Value& x) {
  return applied(detail::Sqrt(), x);
}
/// 1 / sqrt(x)
template <Recorded Value>
[[nodiscard]] Value rsqrt(const Value& x) {
  return applied(detail::Rsqrt(), x);
}
/// 1 / x
template <Recorded Value>
[[nodiscard]] Value reciprocal(const Value& x) {
  return applied(detail::Reciprocal(), x);
}
/// e^x - 1, exact near 0.
template <Recorded Value>
[[nodiscard]] Value expm1(const Value& x) {
  return applied(detail::Expm1(), x);
}
/// log(1 + x), exact near 0.
template <Recorded Value>
[[nodiscard]] Value log1p(const Value& x) {
  return applied(detail::Log1p(), x);
}
/// The logarithm to base 2.
template <Recorded Value>
[[nodiscard]] Value log2(const Value& x) {
  return applied(detail::Log2(), x);
}
/// The logarithm to base 10.
template <Recorded Value>
[[nodiscard]] Value log10(const Value& x) {
  return applied(detail::Log10(), x);
}
/// Of angles in radians.
template <Recorded Value>
[[nodiscard]] Value sin(const Value& x) {
  return applied(detail::Sin(), x);
}
/// Of angles in radians.
template <Recorded Value>
[[nodiscard]] Value cos(const Value& x) {
  return applied(detail::Cos(), x);
}
/// Of angles in radians.
template <Recorded Value>
[[nodiscard]] Value tan(const Value& x) {
  return applied(detail::Tan(), x);
}
/// |x|; its derivative at 0 is 0, as in PyTorch.
template <Recorded Value>
[[nodiscard]] Value abs(const Value& x) {
  return applied(detail::Abs(), x);
}
/// -1, 0 or 1; its derivative is 0, as are those of the next four.
template <Recorded Value>
[[nodiscard]] Value sign(const Value& x) {
  return applied(detail::Sign(), x);
}
/// The next integer below, above, towards 0; the nearest one, of two the even one.
template <Recorded Value>
[[nodiscard]] Value floor(const Value& x) {
  return applied(detail::Floor(), x);
}
template <Recorded Value>
[[nodiscard]] Value ceil(const Value& x) {
  return applied(detail::Ceil(), x);
}
template <Recorded Value>
[[nodiscard]] Value trunc(const Value& x) {
  return applied(detail::Trunc(), x);
}
template <Recorded Value>
[[nodiscard]] Value round(const Value& x) {
  return applied(detail::Round(), x);
}

WICK_END_NAMESPACE
