#pragma once

// One number to one feature.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/preprocess/detail/normal_quantile.hpp>
#include <wick/preprocess/options.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// sign(x) log(1 + |x|).
[[nodiscard]] inline double signed_log(double x) { return std::copysign(std::log1p(std::abs(x)), x); }
[[nodiscard]] inline double signed_exp(double y) { return std::copysign(std::expm1(std::abs(y)), y); }

/// `y` rounded to nearest; beyond the range of T its greatest number.
template <class T>
[[nodiscard]] T rounded_to(double y) noexcept {
  const double most = static_cast<double>((std::numeric_limits<T>::max)());
  return static_cast<T>((std::clamp)(y, -most, most));
}

/// The value below which is the share `share` of `sorted`, which is not empty: linear between neighbours,
/// with NumPy's rounding.
[[nodiscard]] inline double quantile_of(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const double below = std::floor(place);
  const auto i = (std::min)(static_cast<std::size_t>(below), sorted.size() - 1);
  const double a = sorted[i];
  const double b = sorted[(std::min)(i + 1, sorted.size() - 1)];
  const double t = place - below;
  return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

/// The statistics of one number and what they make of it.
struct NumberScale {
  Scaling scaling = Scaling::none;
  double fill = 0;                     ///< for a missing one, before it is scaled
  double center = 0;                   ///< but of quantiles
  double scale = 1;                    ///< is not 0
  std::vector<double> quantiles = {};  ///< ascending, 2 or more

  /// Of a finite number.
  [[nodiscard]] double operator()(double x) const {
    switch (scaling) {
      case Scaling::none:
        return x;
      case Scaling::standard:
      case Scaling::min_max:
      case Scaling::robust:
        return (x - center) / scale;
      case Scaling::robust_clipped:
        return clipped((x - center) / scale);
      case Scaling::quantile_uniform:
        return share_below(x);
      case Scaling::quantile_normal:
        return (std::clamp)(normal_quantile(share_below(x)), least_normal, most_normal);
      case Scaling::log:
        return (signed_log(x) - center) / scale;
    }
    return x;
  }

  /// The number that is scaled to `y`.
  [[nodiscard]] double inverse(double y) const {
    switch (scaling) {
      case Scaling::none:
        return y;
      case Scaling::standard:
      case Scaling::min_max:
      case Scaling::robust:
        return y * scale + center;
      case Scaling::robust_clipped: {
        // y / sqrt(1 - (y / 3)^2); what is at the bounds or beyond has no number of its own.
        const double most = 2.999999;
        const double inside = (std::clamp)(y, -most, most);
        return inside / std::sqrt(1 - inside * inside / 9) * scale + center;
      }
      case Scaling::quantile_uniform:
        return quantile_of(quantiles, (std::clamp)(y, 0.0, 1.0));
      case Scaling::quantile_normal:
        return quantile_of(quantiles, normal_probability(y));
      case Scaling::log:
        return signed_exp(y * scale + center);
    }
    return y;
  }

 private:
  /// Those of probabilities that are 1e-7 from 0 and 1, as scikit-learn rounds them.
  static constexpr double least_normal = -5.199337582605575;
  static constexpr double most_normal = 5.19933758270342;

  [[nodiscard]] static double clipped(double y) {
    constexpr double plenty = 1e9;  // beyond it 1 is nothing beside the square
    if (std::abs(y) > plenty) return std::copysign(3.0, y);
    return y / std::sqrt(1 + y / 3 * (y / 3));
  }

  /// Linear between the quantiles; where several are equal, in the middle of them, but at both ends.
  [[nodiscard]] double share_below(double x) const {
    if (x <= quantiles.front()) return 0;
    if (x >= quantiles.back()) return 1;
    const auto last = static_cast<double>(quantiles.size() - 1);
    const auto lower = std::lower_bound(quantiles.begin(), quantiles.end(), x);
    const auto upper = std::upper_bound(lower, quantiles.end(), x);
    const auto low = static_cast<double>(lower - quantiles.begin());
    const auto up = static_cast<double>(upper - quantiles.begin());
    if (lower != upper) return (low + up - 1) / 2 / last;
    const double before = *(lower - 1);
    return (low - 1 + (x - before) / (*lower - before)) / last;
  }
};

/// The scale of `values`, finite and in any order, for a column `name` in messages; `values` are sorted then.
/// There are at least two different ones. Throws OptionError when they are too far apart for double.
[[nodiscard]] inline NumberScale fit_scale(std::vector<double>& values, Scaling scaling, Index quantiles,
                                           const std::string& name) {
  const auto n = static_cast<double>(values.size());
  std::sort(values.begin(), values.end());
  NumberScale result{.scaling = scaling};
  const double range = values.back() - values.front();
  const auto standardise = [&](auto of) {
    double sum = 0;
    for (const double x : values) sum += of(x);
    const double mean = sum / n;
    double squares = 0;
    double rest = 0;  // what rounding left over in the mean
    for (const double x : values) {
      const double distance = of(x) - mean;
      squares += distance * distance;
      rest += distance;
    }
    result.center = mean;
    result.scale = std::sqrt((squares - rest * rest / n) / n);
    // Squares of what is very small are 0.
    if (!(result.scale > 0)) result.scale = of(values.back()) - of(values.front());
  };
  switch (scaling) {
    case Scaling::none:
      break;
    case Scaling::standard:
      standardise([](double x) { return x; });
      break;
    case Scaling::log:
      standardise(signed_log);
      break;
    case Scaling::min_max:
      result.center = values.front();
      result.scale = range;
      break;
    case Scaling::robust:
    case Scaling::robust_clipped:
      result.center = quantile_of(values, 0.5);
      result.scale = quantile_of(values, 0.75) - quantile_of(values, 0.25);
      if (!(result.scale > 0)) result.scale = range / 2;
      break;
    case Scaling::quantile_uniform:
    case Scaling::quantile_normal: {
      const auto count = (std::min)(static_cast<std::size_t>(quantiles), values.size());
      for (std::size_t i = 0; i < count; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(count - 1);
        const double value = quantile_of(values, share);
        // Rounding must not turn the order of equal ones.
        result.quantiles.push_back(i == 0 ? value : (std::max)(value, result.quantiles.back()));
      }
      break;
    }
  }
  if (!is_finite(range) || !is_finite(result.center) || !is_finite(result.scale) || !(result.scale > 0)) {
    throw OptionError("Preprocessor: column " + quoted_name(name) +
                      ": expected numbers that double can scale, got " + python_repr(values.front()) +
                      " to " + python_repr(values.back()));
  }
  return result;
}

/// What stands for a missing number among `sorted` ones, of which there is one at least.
[[nodiscard]] inline double imputed(std::span<const double> sorted, Imputation imputation, double constant) {
  switch (imputation) {
    case Imputation::mean: {
      double sum = 0;
      for (const double x : sorted) sum += x;
      return sum / static_cast<double>(sorted.size());
    }
    case Imputation::median:
      return quantile_of(sorted, 0.5);
    case Imputation::most_frequent: {
      std::size_t most = 0;
      double found = sorted.front();
      for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
        while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
        if (end - begin > most) {
          most = end - begin;
          found = sorted[begin];
        }
      }
      return found;
    }
    case Imputation::constant:
      break;
  }
  return constant;
}

}  // namespace detail

WICK_END_NAMESPACE
