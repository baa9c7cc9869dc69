#pragma once

// Inverse trigonometric and hyperbolic functions, as operations of a program.

#include <wick/graph/functions.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/ops/angles.hpp>

WICK_BEGIN_NAMESPACE

// Of variables and symbols. Values are those of the functions of tensors.

/// The angle in radians whose sine is x, whose cosine, whose tangent.
template <Recorded Value>
[[nodiscard]] Value asin(const Value& x) {
  return applied(detail::Asin(), x);
}
template <Recorded Value>
[[nodiscard]] Value acos(const Value& x) {
  return applied(detail::Acos(), x);
}
template <Recorded Value>
[[nodiscard]] Value atan(const Value& x) {
  return applied(detail::Atan(), x);
}
/// The angle of the point (x, y); one may be a number. Throws ShapeError when the shapes do not fit.
template <class Ty, class Tx>
requires RecordedPair<Ty, Tx>
[[nodiscard]] auto atan2(const Ty& y, const Tx& x) { return detail::applied_pair(detail::Atan2(), y, x); }
/// sqrt(x^2 + y^2); one may be a number. Throws ShapeError when the shapes do not fit.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto hypot(const Tx& x, const Ty& y) { return detail::applied_pair(detail::Hypot(), x, y); }
template <Recorded Value>
[[nodiscard]] Value sinh(const Value& x) {
  return applied(detail::Sinh(), x);
}
template <Recorded Value>
[[nodiscard]] Value cosh(const Value& x) {
  return applied(detail::Cosh(), x);
}
/// The inverse of sinh(), of cosh() and of tanh().
template <Recorded Value>
[[nodiscard]] Value asinh(const Value& x) {
  return applied(detail::Asinh(), x);
}
template <Recorded Value>
[[nodiscard]] Value acosh(const Value& x) {
  return applied(detail::Acosh(), x);
}
template <Recorded Value>
[[nodiscard]] Value atanh(const Value& x) {
  return applied(detail::Atanh(), x);
}
/// sin(pi x) / (pi x); 1 for 0.
template <Recorded Value>
[[nodiscard]] Value sinc(const Value& x) {
  return applied(detail::Sinc(), x);
}

WICK_END_NAMESPACE
