#pragma once

// Error and gamma functions, logarithms of sums and of odds, as operations of a program.

#include <wick/graph/functions.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/graph/pow.hpp>
#include <wick/graph/select.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/special.hpp>

#include <concepts>
#include <limits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The number is the order; NaN for one that a file says and that there is not.
template <Floating T>
inline constexpr Operation<T> polygamma_operation{
    .name = "polygamma", .apply = [](const Stretch<T>& s) {
      const bool there = s.number >= T(0) && s.number <= T(150);
      const Polygamma<T> function{there ? static_cast<int>(s.number) : 0};
      for (Index i = 0; i < s.n; ++i)
        s.out[i] = there ? function(s.in[i]) : std::numeric_limits<T>::quiet_NaN();
    }};

struct PolygammaOf {
  int order;
};
template <Floating T>
[[nodiscard]] Symbol<T> applied(PolygammaOf which, const Symbol<T>& x) {
  return x.tape().record(polygamma_operation<T>, {x}, static_cast<T>(which.order));
}

}  // namespace detail

// Of variables and symbols. Values are those of the functions of tensors.

/// 2^x.
template <Recorded Value>
[[nodiscard]] Value exp2(const Value& x) {
  return applied(detail::Exp2(), x);
}
/// The error function, 1 less that, and its inverse.
template <Recorded Value>
[[nodiscard]] Value erf(const Value& x) {
  return applied(detail::Erf(), x);
}
template <Recorded Value>
[[nodiscard]] Value erfc(const Value& x) {
  return applied(detail::Erfc(), x);
}
template <Recorded Value>
[[nodiscard]] Value erfinv(const Value& x) {
  return applied(detail::Erfinv(), x);
}
/// log |Gamma(x)|, its derivative, and the n-th derivative of that, 0 <= n <= 100. Throws OptionError for
/// others.
template <Recorded Value>
[[nodiscard]] Value lgamma(const Value& x) {
  return applied(detail::Lgamma(), x);
}
template <Recorded Value>
[[nodiscard]] Value digamma(const Value& x) {
  return applied(detail::Digamma(), x);
}
template <Recorded Value>
[[nodiscard]] Value polygamma(Index n, const Value& x) {
  detail::check_polygamma(n);
  return applied(detail::PolygammaOf{static_cast<int>(n)}, x);
}
/// log(x / (1 - x)), of x as it is or moved into [eps, 1 - eps]. Throws OptionError for eps above 1 / 2.
template <Recorded Value>
[[nodiscard]] Value logit(const Value& x) {
  return applied(detail::Logit(), x);
}
template <Recorded Value>
[[nodiscard]] Value logit(const Value& x, double eps) {
  detail::check_logit(eps);
  const auto low = static_cast<typename Value::Scalar>(eps);
  return logit(maximum(minimum(x, 1 - low), low));
}

// Of two, one of which may be a number; they broadcast. Throws ShapeError when the shapes do not fit.

/// log(e^x + e^y), and the same to the base 2.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto logaddexp(const Tx& x, const Ty& y) {
  return detail::applied_pair(detail::Logaddexp(), x, y);
}
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto logaddexp2(const Tx& x, const Ty& y) {
  return detail::applied_pair(detail::Logaddexp2(), x, y);
}
/// x log(y); 0 for x = 0.
template <class Tx, class Ty>
requires RecordedPair<Tx, Ty>
[[nodiscard]] auto xlogy(const Tx& x, const Ty& y) { return detail::applied_pair(detail::Xlogy(), x, y); }
/// pow() of doubles: a value of floats does not become one of doubles on its tape.
template <Recorded Value>
[[nodiscard]] Value float_power(const Value& x,
                                double p) requires std::same_as<typename Value::Scalar, double> {
  return pow(x, p);
}
template <Recorded Value>
[[nodiscard]] Value float_power(const Value& x,
                                const Value& p) requires std::same_as<typename Value::Scalar, double> {
  return pow(x, p);
}

WICK_END_NAMESPACE
