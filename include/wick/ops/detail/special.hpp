#pragma once

// Inverse trigonometric, hyperbolic, error and gamma functions of one number that round alike on every
// processor, on top of kernels/elementary.hpp. To a few units in the last place, but where it is said.

#include <wick/kernels/elementary.hpp>
#include <wick/ops/detail/elementary.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

WICK_BEGIN_NAMESPACE
namespace detail {

/// c_0 + c_1 z + c_2 z^2 + ...
template <std::size_t count>
[[nodiscard]] double polynomial(double z, const std::array<double, count>& c) noexcept {
  double sum = c[count - 1];
  for (std::size_t i = count - 1; i-- > 0;) sum = rounded(sum * z) + c[i];
  return sum;
}

/// 2^x.
inline double exp2(double x) noexcept {
  if (!(x < 1024)) return x > 0 ? std::numeric_limits<double>::infinity() : x;
  if (x < -1080) return 0;
  const double k = std::floor(x + 0.5);
  return std::ldexp(exp(rounded((x - k) * std::numbers::ln2)), static_cast<int>(k));
}

/// e^x - 1, as expm1_loop().
inline double expm1(double x) noexcept {
  const double u = exp(x);
  if (u == 1) return x;
  return u > 0.1 && u < 10 ? (u - 1) * (x / log(u)) : u - 1;
}

/// The angle of the point (x, y), in [-pi, pi].
///
/// Of the quotient of the shorter and the longer side, the next of 0, 1 / 4, 1 / 2 and 1 is taken away by the
/// theorem of addition, without rounding; the series of what is left ends below 2^-56.
double arc_tangent(double y, double x) noexcept;
inline double arc_sine(double x) noexcept { return arc_tangent(x, std::sqrt((1 - x) * (1 + x))); }
inline double arc_cosine(double x) noexcept { return arc_tangent(std::sqrt((1 - x) * (1 + x)), x); }

/// The length of (x, y), infinite also beside NaN.
inline double length(double x, double y) noexcept {
  constexpr double endless = std::numeric_limits<double>::infinity();
  const double a = std::abs(x);
  const double b = std::abs(y);
  if (a == endless || b == endless) return endless;
  const double high = a < b ? b : a;
  const double low = a < b ? a : b;
  if (high == 0 || low != low || high != high) return a + b;
  const double ratio = low / high;
  return high * std::sqrt(1 + rounded(ratio * ratio));
}

inline double hyperbolic_sine(double x) noexcept {
  const double a = std::abs(x);
  double y = 0;
  if (a < 22) {
    const double e = rounded(expm1(a));
    y = 0.5 * (e + e / (e + 1));
  } else {
    const double e = exp(0.5 * a);  // twice, so that nothing overflows before the result does
    y = (0.5 * e) * e;
  }
  return std::copysign(y, x);
}
inline double hyperbolic_cosine(double x) noexcept {
  const double a = std::abs(x);
  const double e = exp(a < 22 ? a : 0.5 * a);
  return a < 22 ? rounded(0.5 * e) + 0.5 / e : (0.5 * e) * e;
}
inline double area_sine(double x) noexcept {
  const double a = std::abs(x);
  if (a > 0x1p28) return std::copysign(log(a) + std::numbers::ln2, x);
  const double square = rounded(a * a);
  return std::copysign(log1p(a + square / (1 + std::sqrt(1 + square))), x);
}
inline double area_cosine(double x) noexcept {
  if (x > 0x1p28) return log(x) + std::numbers::ln2;
  const double t = x - 1;
  return log1p(t + std::sqrt(rounded(2 * t) + rounded(t * t)));
}
inline double area_tangent(double x) noexcept {
  const double a = std::abs(x);
  return std::copysign(0.5 * log1p(2 * a / (1 - a)), x);
}

/// sin(pi x), exactly 0 for integers.
inline double sine_of_half_turns(double x) noexcept {
  const double rest = x - 2 * std::floor(0.5 * x + 0.5);  // in [-1, 1], exact
  const double folded = std::abs(rest) > 0.5 ? std::copysign(1 - std::abs(rest), rest) : rest;
  return std::copysign(sin_cos(rounded(std::abs(folded) * std::numbers::pi)).sine, folded);
}

/// What of erfc(x) exp(x^2) the intervals of the next function have for x > 15 / 32, in rational functions of
/// W. J. Cody (Rational Chebyshev approximations for the error function, Mathematics of Computation 23,
/// 1969).
double scaled_erfc(double x) noexcept;
/// 1 - erf(x), for x > 15 / 32.
inline double erfc_beyond(double x) noexcept {
  if (x > 27.3) return 0;
  // x^2 in two parts, the first of which is exact.
  const double start = std::floor(x * 16) / 16;
  const double rest = rounded((x - start) * (x + start));
  return rounded(exp(-start * start) * exp(-rest) * scaled_erfc(x));
}
/// The integral of exp(-t^2) from 0 to x, times 2 / sqrt(pi).
double erf(double x) noexcept;
inline double erfc(double x) noexcept {
  if (!(std::abs(x) > 0.46875)) return 1 - erf(x);
  return x > 0 ? erfc_beyond(x) : 2 - erfc_beyond(-x);
}

/// The x of which y is erf(x): a guess of S. Winitzki's to three digits, and two steps of Halley's method.
double inverse_erf(double y) noexcept;

/// log |Gamma(x)|; beside its zeros below 0 the error is that of a few units of the last place of 1.
///
/// Within 1 / 2 of 1 and 2 the series of zeta(k) - 1, Stirling's series from 10 on; what lies between is
/// moved down to the first, what is below 1 / 2 reflected.
double log_gamma(double x) noexcept;

/// The derivative of log_gamma(), to a few units of the last place of 1 beside its zeros.
double digamma(double x) noexcept;

/// 1 / x^n of an integer n.
inline double inverse_power(double x, int n) noexcept {
  double power = 1;
  for (double square = x; n > 0; n /= 2, square *= square) {
    if (n % 2 != 0) power *= square;
  }
  return 1 / power;
}
/// The sum of 1 / (x + k)^s over k >= 0, for x > 0 and s > 1 (Euler and Maclaurin).
double zeta_beyond(int s, double x) noexcept;
/// The n-th derivative of digamma(), n >= 1; infinite or NaN at its poles.
double polygamma(int n, double x) noexcept;

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/detail/special.ipp>
#endif
