#pragma once

// Definitions of ops/detail/special.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/detail/special.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE double arc_tangent(double y, double x) noexcept {
  if (x != x || y != y) return x + y;
  constexpr double most = (std::numeric_limits<double>::max)();
  double low = std::abs(x);
  double high = std::abs(y);
  const bool steep = high > low;
  if (low > most && high > most) low = high = 1;
  if (!steep) std::swap(low, high);
  double angle = 0;
  if (high <= most && low > 0) {
    if (high > 0x1p1000 || high < 0x1p-900) {
      const double scale = high > 1 ? 0x1p-100 : 0x1p100;
      low *= scale;
      high *= scale;
    }
    struct Step {
      double until, tangent, angle, rest;
    };
    constexpr std::array<Step, 4> steps{Step{0.125, 0, 0, 0},
                                        Step{0.37, 0.25, 0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
                                        Step{0.72, 0.5, 0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
                                        Step{2, 1, 0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55}};
    std::size_t i = 0;
    while (low > steps[i].until * high) ++i;
    const double t = (low - rounded(steps[i].tangent * high)) / (high + rounded(steps[i].tangent * low));
    const double z = t * t;
    constexpr std::array<double, 11> series{1.0 / 3,  -1.0 / 5,  1.0 / 7,  -1.0 / 9,  1.0 / 11, -1.0 / 13,
                                            1.0 / 15, -1.0 / 17, 1.0 / 19, -1.0 / 21, 1.0 / 23};
    angle = steps[i].angle + (t - (rounded(rounded(t * z) * polynomial(z, series)) - steps[i].rest));
  }
  if (steep) angle = 0x1.921fb54442d18p+0 - (angle - 0x1.1a62633145c07p-54);
  if (std::signbit(x)) angle = 0x1.921fb54442d18p+1 - (angle - 0x1.1a62633145c07p-53);
  return std::copysign(angle, y);
}

WICK_INLINE double scaled_erfc(double x) noexcept {
  if (x <= 4) {
    constexpr std::array<double, 9> p{1.23033935479799725e3, 2.05107837782607147e3,  1.71204761263407058e3,
                                      8.81952221241769090e2, 2.98635138197400131e2,  6.61191906371416295e1,
                                      8.88314979438837594e0, 5.64188496988670089e-1, 2.15311535474403846e-8};
    constexpr std::array<double, 9> q{1.23033935480374942e3, 3.43936767414372164e3, 4.36261909014324716e3,
                                      3.29079923573345963e3, 1.62138957456669019e3, 5.37181101862009858e2,
                                      1.17693950891312499e2, 1.57449261107098347e1, 1.0};
    return polynomial(x, p) / polynomial(x, q);
  }
  constexpr std::array<double, 6> p{6.58749161529837803e-4, 1.60837851487422766e-2, 1.25781726111229246e-1,
                                    3.60344899949804439e-1, 3.05326634961232344e-1, 1.63153871373020978e-2};
  constexpr std::array<double, 6> q{2.33520497626869185e-3, 6.05183413124413191e-2, 5.27905102951428412e-1,
                                    1.87295284992346725e0,  2.56852019228982242e0,  1.0};
  const double z = 1 / (x * x);
  return (std::numbers::inv_sqrtpi - rounded(z * (polynomial(z, p) / polynomial(z, q)))) / x;
}

WICK_INLINE double erf(double x) noexcept {
  const double a = std::abs(x);
  if (a > 0.46875) return std::copysign(1 - erfc_beyond(a), x);
  constexpr std::array<double, 5> p{3.20937758913846947e3, 3.77485237685302021e2, 1.13864154151050156e2,
                                    3.16112374387056560e0, 1.85777706184603153e-1};
  constexpr std::array<double, 5> q{2.84423683343917062e3, 1.28261652607737228e3, 2.44024637934444173e2,
                                    2.36012909523441209e1, 1.0};
  return rounded(x * (polynomial(x * x, p) / polynomial(x * x, q)));
}

WICK_INLINE double inverse_erf(double y) noexcept {
  const double a = std::abs(y);
  constexpr double half_root_of_pi = 1 / (2 * std::numbers::inv_sqrtpi);
  if (!(a <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (a == 1) return std::copysign(std::numeric_limits<double>::infinity(), y);
  if (a < 1e-6) return rounded(half_root_of_pi * y) * (1 + rounded(std::numbers::pi / 12 * a * a));
  const double w = rounded(log1p(rounded(-a * a)));
  const double half = 2 * std::numbers::inv_pi / 0.147 + rounded(0.5 * w);
  double x = std::sqrt(std::sqrt(rounded(half * half) - w / 0.147) - half);
  for (int i = 0; i < 2; ++i) {
    const double error = a < 0.5 ? erf(x) - a : (1 - a) - erfc(x);
    const double newton = error * half_root_of_pi / exp(rounded(-x * x));
    x -= newton / (1 + rounded(x * newton));
  }
  return std::copysign(x, y);
}

WICK_INLINE double log_gamma(double x) noexcept {
  constexpr double endless = std::numeric_limits<double>::infinity();
  if (x != x) return x;
  if (std::abs(x) == endless || (x <= 0 && x == std::floor(x))) return endless;
  if (x < 0.5) {
    return log(std::numbers::pi / std::abs(sine_of_half_turns(x))) - log_gamma(1 - x);
  }
  if (x >= 10) {
    constexpr std::array<double, 7> series{1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                           1.0 / 1188, -691.0 / 360360, 1.0 / 156};
    constexpr double half_log = 0.91893853320467274178;  // of 2 pi
    const double inverse = 1 / x;
    return (rounded((x - 0.5) * (log(x) - 1)) - 0.5) + half_log +
           rounded(inverse * polynomial(inverse * inverse, series));
  }
  double factors = 1;
  while (x > 2.5) {
    x -= 1;
    factors *= x;
  }
  const bool near_one = x < 1.5;
  const double z = x - (near_one ? 1 : 2);
  constexpr std::array<double, 27> zetas{
      0.6449340668482264,     0.2020569031595943,     0.08232323371113819,   0.03692775514336993,
      0.01734306198444914,    0.008349277381922827,   0.00407735619794434,   0.0020083928260822143,
      0.0009945751278180853,  0.0004941886041194645,  0.0002460865533080483, 0.00012271334757848915,
      6.124813505870483e-05,  3.058823630702049e-05,  1.528225940865187e-05, 7.637197637899763e-06,
      3.81729326499984e-06,   1.908212716553939e-06,  9.539620338727962e-07, 4.769329867878064e-07,
      2.38450502727733e-07,   1.1921992596531106e-07, 5.960818905125948e-08, 2.980350351465228e-08,
      1.4901554828365043e-08, 7.45071178983543e-09,   3.725334024788457e-09};  // zeta(2) - 1 and so on
  double sum = 0;
  for (std::size_t i = zetas.size(); i-- > 0;) sum = zetas[i] / static_cast<double>(i + 2) - rounded(z * sum);
  constexpr double one_less_gamma = 0.42278433509846713;
  double result = rounded(z * one_less_gamma) + rounded(z * z * sum);
  if (near_one) result -= rounded(log1p(z));
  return factors == 1 ? result : result + log(factors);
}

WICK_INLINE double digamma(double x) noexcept {
  if (x == 0) return std::copysign(std::numeric_limits<double>::infinity(), -x);
  if (x < 0) {
    if (x == std::floor(x)) return std::numeric_limits<double>::quiet_NaN();
    const double rest = x - std::floor(x + 0.5);
    const SineCosine s = sin_cos(rounded(std::abs(rest) * std::numbers::pi));
    return digamma(1 - x) - std::copysign(std::numbers::pi * s.cosine / s.sine, rest);
  }
  double result = 0;
  for (; x < 10; x += 1) result -= 1 / x;
  constexpr std::array<double, 7> series{1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                         1.0 / 132, -691.0 / 32760, 1.0 / 12};
  const double z = 1 / (x * x);
  const double rest = x > 1e17 ? 0 : rounded(z * polynomial(z, series));
  return result + (log(x) - 0.5 / x - rest);
}

WICK_INLINE double zeta_beyond(int s, double x) noexcept {
  double sum = 0;
  const int last = s + 15;
  for (; x < last; x += 1) sum += inverse_power(x, s);
  constexpr std::array<double, 8> series{
      1.0 / 12,          -1.0 / 720,
      1.0 / 30240,       -1.0 / 1209600,
      1.0 / 47900160,    -691.0 / 1307674368000,
      1.0 / 74724249600, -3617.0 / 10670622842880000.0};  // Bernoulli's numbers / (2 j)!
  const double power = inverse_power(x, s);
  double tail = x * power / (s - 1) + rounded(0.5 * power);
  double term = s * power / x;
  for (std::size_t j = 0; j < series.size(); ++j) {
    tail += rounded(series[j] * term);
    const double first = s + 2.0 * static_cast<double>(j) + 1;
    term *= first * (first + 1) / (x * x);
  }
  return sum + tail;
}

WICK_INLINE double polygamma(int n, double x) noexcept {
  if (x != x) return x;
  double factor = n % 2 == 0 ? -1 : 1;
  for (int i = 2; i <= n; ++i) factor *= i;
  if (x == std::numeric_limits<double>::infinity()) return 0 * factor;
  if (x > 0) return factor * zeta_beyond(n + 1, x);
  // Between poles that lie ever denser; PyTorch's trigamma() has a sine there.
  if (n == 1 && x == -std::numeric_limits<double>::infinity())
    return std::numeric_limits<double>::quiet_NaN();
  if (x == std::floor(x)) {
    return n % 2 == 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  }
  // The sum over all integers, less those behind.
  const double floor = std::floor(x);
  const double other = zeta_beyond(n + 1, (floor + 1) - x) - zeta_beyond(n + 1, 1 - x);
  return factor * (zeta_beyond(n + 1, x - floor) + (n % 2 == 0 ? -other : other));
}

}  // namespace detail

WICK_END_NAMESPACE
