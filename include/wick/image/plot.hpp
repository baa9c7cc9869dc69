#pragma once

// Line charts, such as losses over training steps, as pictures.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/number.hpp>
#include <wick/image/canvas.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One line of a chart. Points that are not finite leave a gap.
struct Curve {
  std::string name = {};       ///< in the legend
  std::vector<double> x = {};  ///< as many as y
  std::vector<double> y = {};  ///< what is drawn
  Color color = colors::blue;  ///< of the line
};

/// Options of line_chart().
struct ChartOptions {
  std::string title = {};    ///< above the chart; none when empty
  std::string x_label = {};  ///< below the horizontal axis; none when empty
  std::string y_label = {};  ///< beside the vertical axis; none when empty
  Index width = 960;         ///< pixels, 200..10000
  Index height = 600;        ///< pixels, 200..10000
};

namespace detail {

/// Round numbers that cover a range: step = factor * 10^exponent, factor 1, 2 or 5.
struct Ticks {
  int factor = 1;
  int exponent = 0;
  double step = 1;
  double first = 0;  ///< in steps
  double last = 1;   ///< in steps, > first

  [[nodiscard]] double low() const { return first * step; }
  [[nodiscard]] double high() const { return last * step; }
  /// The number at k steps, from the whole number k * factor: free of rounding.
  [[nodiscard]] std::string label(double k) const {
    if (k == 0) return "0";
    if (exponent >= -5 && exponent < 6) return fixed(k * step, (std::max)(0, -exponent));
    return fixed(k * factor, 0) + "e" + std::to_string(exponent);
  }
};

/// At most about `most` steps from low to high; 0..1 for an empty range.
[[nodiscard]] inline Ticks ticks_for(double low, double high, int most) {
  if (!(low <= high)) return {};
  const double magnitude = (std::max)(std::abs(low), std::abs(high));
  if (high - low <= 1e-9 * magnitude) {  // one value, or too few digits to tell them apart
    const double margin = magnitude == 0 ? 1 : magnitude / 2;
    low -= margin;
    high += margin;
  }
  const double wanted = (std::max)((high - low) / most, 1e-300);
  Ticks ticks;
  ticks.exponent = static_cast<int>(std::floor(std::log10(wanted)));
  ticks.step = std::pow(10.0, ticks.exponent);
  for (const int factor : {1, 2, 5}) {
    ticks.factor = factor;
    if (factor * ticks.step >= wanted * (1 - 1e-9)) break;
    if (factor == 5) {
      ticks.factor = 1;
      ++ticks.exponent;
    }
  }
  ticks.step = ticks.factor * std::pow(10.0, ticks.exponent);
  ticks.first = std::floor(low / ticks.step + 1e-9);
  ticks.last = (std::max)(std::ceil(high / ticks.step - 1e-9), ticks.first + 1);
  return ticks;
}

}  // namespace detail

/// Curves over common axes, with round numbers at the axes and a legend.
/// Throws OptionError for a size outside its range and ShapeError for a curve whose
/// x and y differ in length. No curves, or no finite points, give empty axes.
[[nodiscard]] inline Image line_chart(std::span<const Curve> curves, const ChartOptions& options = {}) {
  if (options.width < 200 || options.width > 10000 || options.height < 200 || options.height > 10000) {
    throw OptionError("line_chart: width and height must be in [200, 10000], got " +
                      std::to_string(options.width) + " x " + std::to_string(options.height));
  }
  constexpr double inf = std::numeric_limits<double>::infinity();
  double x_low = inf;
  double x_high = -inf;
  double y_low = inf;
  double y_high = -inf;
  const auto finite = [](const Curve& curve, std::size_t i) {
    // Beyond 1e290 the arithmetic of the axes would overflow.
    return std::abs(curve.x[i]) < 1e290 && std::abs(curve.y[i]) < 1e290;
  };
  for (const Curve& curve : curves) {
    if (curve.x.size() != curve.y.size()) {
      throw ShapeError("line_chart: curve \"" + curve.name + "\" has " + std::to_string(curve.x.size()) +
                       " x and " + std::to_string(curve.y.size()) + " y");
    }
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!finite(curve, i)) continue;
      x_low = (std::min)(x_low, curve.x[i]);
      x_high = (std::max)(x_high, curve.x[i]);
      y_low = (std::min)(y_low, curve.y[i]);
      y_high = (std::max)(y_high, curve.y[i]);
    }
  }
  const auto x_ticks = detail::ticks_for(x_low, x_high, detail::as_integer<int>(options.width / 110));
  const auto y_ticks = detail::ticks_for(y_low, y_high, detail::as_integer<int>(options.height / 75));

  constexpr Index scale = 2;
  constexpr Index pad = 16;
  const Index text = Canvas::text_height(scale);
  const Index line = Canvas::line_height(scale);
  Index label_width = 0;
  for (double k = y_ticks.first; k <= y_ticks.last; ++k) {
    label_width = (std::max)(label_width, Canvas::text_width(y_ticks.label(k), scale));
  }
  const Index left = pad + (options.y_label.empty() ? 0 : line + pad / 2) + label_width + pad / 2;
  const Index right = options.width - 2 * pad;
  const Index top = pad + (options.title.empty() ? 0 : Canvas::line_height(scale + 1) + pad / 2) +
                    (curves.empty() ? 0 : line + pad / 2);
  const Index bottom = options.height - pad - line - (options.x_label.empty() ? 0 : line + pad / 2);
  Canvas canvas(options.width, options.height);
  const auto x_at = [&](double x) {
    const double share = (x - x_ticks.low()) / (x_ticks.high() - x_ticks.low());
    return static_cast<double>(left) + share * static_cast<double>(right - left);
  };
  const auto y_at = [&](double y) {
    const double share = (y - y_ticks.low()) / (y_ticks.high() - y_ticks.low());
    return static_cast<double>(bottom) - share * static_cast<double>(bottom - top);
  };

  for (double k = y_ticks.first; k <= y_ticks.last; ++k) {
    const auto y = detail::as_integer<Index>(std::lround(y_at(k * y_ticks.step)));
    canvas.rectangle(left, y, right - left + 1, 1, colors::light_gray);
    const std::string label = y_ticks.label(k);
    canvas.text(left - pad / 2 - Canvas::text_width(label, scale), y - text / 2, label, colors::gray, scale);
  }
  for (double k = x_ticks.first; k <= x_ticks.last; ++k) {
    const auto x = detail::as_integer<Index>(std::lround(x_at(k * x_ticks.step)));
    canvas.rectangle(x, top, 1, bottom - top + 1, colors::light_gray);
    const std::string label = x_ticks.label(k);
    canvas.text(x - Canvas::text_width(label, scale) / 2, bottom + pad / 2, label, colors::gray, scale);
  }
  canvas.rectangle(left, top, 1, bottom - top + 1, colors::gray);
  canvas.rectangle(left, bottom, right - left + 1, 1, colors::gray);

  for (const Curve& curve : curves) {
    const std::size_t n = curve.x.size();
    for (std::size_t i = 0; i < n; ++i) {
      if (!finite(curve, i)) continue;
      const bool joined = i + 1 < n && finite(curve, i + 1);
      const std::size_t next = joined ? i + 1 : i;
      canvas.line(x_at(curve.x[i]), y_at(curve.y[i]), x_at(curve.x[next]), y_at(curve.y[next]), 2.5,
                  curve.color);
    }
  }

  const Index middle = (left + right) / 2;
  canvas.text(middle - Canvas::text_width(options.title, scale + 1) / 2, pad, options.title, colors::black,
              scale + 1);
  canvas.text(middle - Canvas::text_width(options.x_label, scale) / 2, options.height - pad - text,
              options.x_label, colors::black, scale);
  canvas.text(pad, (top + bottom + Canvas::text_width(options.y_label, scale)) / 2, options.y_label,
              colors::black, scale, true);
  Index x = left;
  const Index y = top - pad / 2 - line;
  for (const Curve& curve : curves) {
    canvas.rectangle(x, y + text / 2 - 1, 28, 3, curve.color);
    canvas.text(x + 36, y, curve.name, colors::black, scale);
    x += 36 + Canvas::text_width(curve.name, scale) + 28;
  }
  return std::move(canvas).image();
}

WICK_END_NAMESPACE
