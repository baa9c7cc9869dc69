#pragma once

// Where a standard normal variable is below with a given probability.

#include <wick/version.hpp>

#include <cmath>
#include <limits>
#include <numbers>

WICK_BEGIN_NAMESPACE

namespace detail {

/// x with P(z < x) = p for a standard normal z, to some units in the last place, and to 0.0005 below p =
/// 1e-300; -inf and inf for 0 and 1.
///
/// Begins with formula 26.2.23 of Abramowitz and Stegun, Handbook of Mathematical Functions, and makes it
/// exact by Halley's method on erfc().
[[nodiscard]] inline double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);  // exact
  if (!(p > 0)) return -std::numeric_limits<double>::infinity();
  const double t = std::sqrt(-2 * std::log(p));
  double x =
      (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  if (x < -37) return x;  // exp() below would be infinite
  const double root_of_two_pi = std::numbers::sqrt2 / std::numbers::inv_sqrtpi;
  for (int i = 0; i < 2; ++i) {
    const double excess = std::erfc(-x / std::numbers::sqrt2) / 2 - p;
    const double step = excess * root_of_two_pi * std::exp(x * x / 2);
    x -= step / (1 + x * step / 2);
  }
  return x;
}

/// P(z < x) of a standard normal z.
[[nodiscard]] inline double normal_probability(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

}  // namespace detail

WICK_END_NAMESPACE
