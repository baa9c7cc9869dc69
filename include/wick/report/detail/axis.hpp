#pragma once

// Axes: which part of the numbers is shown, round numbers along it, and their texts.

#include <wick/base/number.hpp>
#include <wick/report/detail/markup.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// The smallest and the largest of some numbers; those that are not finite do not count.
struct NumberRange {
  double low = 0;
  double high = 0;
  bool empty = true;

  void add(double x) {
    if (!is_finite(x)) return;
    // Differences stay finite.
    constexpr double most = 4e307;
    x = std::clamp(x, -most, most);
    low = empty ? x : (std::min)(low, x);
    high = empty ? x : (std::max)(high, x);
    empty = false;
  }
  void add(const std::vector<double>& numbers) {
    for (const double x : numbers) add(x);
  }
};

/// What an axis shows, from low to high, with marks at round numbers.
struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<double> ticks = {};
  std::vector<std::string> labels = {};

  /// In [0, 1] from low to high; numbers beyond are at the ends.
  [[nodiscard]] double share(double x) const {
    const double all = logarithmic ? std::log(high) - std::log(low) : high - low;
    const double part = logarithmic ? std::log((std::max)(x, low)) - std::log(low) : x - low;
    return std::clamp(part / all, 0.0, 1.0);
  }
  /// Of the widest label, in font sizes.
  [[nodiscard]] double label_width() const {
    double widest = 0;
    for (const std::string& label : labels) widest = (std::max)(widest, text_width(label));
    return widest;
  }
};

/// Round steps: 1, 2 or 5 times a power of ten.
struct RoundStep {
  int factor = 1;
  int exponent = 0;

  [[nodiscard]] double value() const { return factor * std::pow(10.0, exponent); }
  /// The number k steps from 0, rounded once.
  [[nodiscard]] double at(double k) const {
    return exponent < 0 ? k * factor / std::pow(10.0, -exponent) : k * factor * std::pow(10.0, exponent);
  }
  /// Its text. `largest` is that of the axis: all labels of one have one form.
  [[nodiscard]] std::string label(double k, double largest) const {
    if (k == 0) return "0";
    constexpr double million = 1e6;
    if (largest >= 1e10 || largest < 1e-3 || exponent < -6) {
      const int power = static_cast<int>(std::floor(std::log10(largest)));
      const int decimals = (std::max)(power - exponent, 0);
      return times_power_of_ten(typeset(fixed(k * factor * std::pow(10.0, exponent - power), decimals)),
                                power);
    }
    if (largest >= 10 * million) {
      return typeset(fixed(at(k) / million, (std::max)(6 - exponent, 0))) + "M";
    }
    return typeset(fixed(at(k), (std::max)(-exponent, 0)));
  }
};

/// The smallest round step with which at most `most` of them cover `span` > 0.
[[nodiscard]] inline RoundStep round_step(double span, int most) {
  const double wanted = (std::max)(span / most, 1e-300);
  RoundStep step;
  step.exponent = static_cast<int>(std::floor(std::log10(wanted)));
  constexpr double tolerance = 1 - 1e-9;
  for (const int factor : {1, 2, 5}) {
    step.factor = factor;
    if (step.value() >= wanted * tolerance) return step;
  }
  return {1, step.exponent + 1};
}

/// How an axis is chosen.
struct AxisOptions {
  int most_ticks = 6;      ///< steps at most
  bool whole = false;      ///< no ticks between whole numbers
  bool from_zero = false;  ///< bars start there
  bool exact = false;      ///< from the smallest number to the largest, not to round ones
};

/// An axis over `range`. An empty one is shown as 0 to 1.
[[nodiscard]] inline Axis linear_axis(NumberRange range, const AxisOptions& options = {}) {
  if (range.empty) range = {0, 1, false};
  // Steps between smaller numbers would be none.
  constexpr double smallest = 1e-290;
  if (options.from_zero) range.add(0);
  double magnitude = (std::max)(std::abs(range.low), std::abs(range.high));
  if (magnitude < smallest) magnitude = 0;
  constexpr double fewest_digits = 1e-9;
  if (magnitude == 0 || range.high - range.low <= fewest_digits * magnitude) {
    const double margin = options.whole || magnitude == 0 ? 1 : magnitude / 4;
    range.low -= margin;
    range.high += margin;
  }
  RoundStep step = round_step(range.high - range.low, options.most_ticks);
  if (options.whole && step.exponent < 0) step = {1, 0};
  const double size = step.value();
  constexpr double tolerance = 1e-6;
  const double first = std::floor(range.low / size + tolerance);
  const double last = std::ceil(range.high / size - tolerance);
  Axis axis;
  axis.low = options.exact ? range.low : step.at(first);
  axis.high = options.exact ? range.high : step.at(last);
  const double largest = (std::max)(std::abs(step.at(first)), std::abs(step.at(last)));
  for (double k = first; k <= last; ++k) {
    const double x = step.at(k);
    if (x < axis.low - size * tolerance || x > axis.high + size * tolerance) continue;
    axis.ticks.push_back(x);
    axis.labels.push_back(step.label(k, largest));
  }
  return axis;
}

/// An axis of numbers > 0 on which factors are distances: ticks at powers of ten, and at 2 and 5 times those
/// where few are shown.
[[nodiscard]] inline Axis logarithmic_axis(const NumberRange& range, int most_ticks = 6) {
  Axis axis;
  axis.logarithmic = true;
  axis.low = range.empty ? 0.1 : range.low;
  axis.high = range.empty ? 1 : range.high;
  constexpr double least_factor = 1.05;
  if (axis.high < axis.low * least_factor) {
    axis.low /= 2;
    axis.high *= 2;
  }
  const double decades = std::log10(axis.high) - std::log10(axis.low);
  const int every = (std::max)(1, static_cast<int>(std::ceil(decades / most_ticks)));
  const auto first = static_cast<int>(std::floor(std::log10(axis.low)));
  const auto last = static_cast<int>(std::ceil(std::log10(axis.high)));
  constexpr double few_decades = 2.2;
  const auto add = [&](int factor, int exponent) {
    const RoundStep step{factor, exponent};
    const double x = step.at(1);
    constexpr double tolerance = 1 + 1e-9;
    if (x * tolerance < axis.low || x > axis.high * tolerance || !is_finite(x) || x <= 0) return;
    axis.ticks.push_back(x);
    axis.labels.push_back(step.label(1, exponent >= -4 && exponent < 0 ? 1 : x));
  };
  for (int exponent = first; exponent <= last; ++exponent) {
    if (every > 1 && exponent % every != 0) continue;
    add(1, exponent);
    if (decades < few_decades) {
      add(2, exponent);
      add(5, exponent);
    }
  }
  if (axis.ticks.size() >= 2) return axis;
  // Less than that: round numbers as on any other axis, at their places on this one.
  AxisOptions options;
  options.most_ticks = most_ticks;
  options.exact = true;
  const Axis linear = linear_axis({axis.low, axis.high, false}, options);
  axis.ticks = linear.ticks;
  axis.labels = linear.labels;
  return axis;
}

}  // namespace detail::html

WICK_END_NAMESPACE
