#include "axis.hpp"

#include <algorithm>
#include <cmath>

namespace desktop {

Axis round_axis(double low, double high, int most) {
  if (!std::isfinite(low) || !std::isfinite(high)) low = high = 0;
  if (!(high > low)) high = low + 1;
  double step = std::pow(10.0, std::floor(std::log10((high - low) / most)));
  // Rounding must not count a step that is not there.
  constexpr double tolerance = 1e-9;
  const auto count = [&](double s) {
    return std::ceil(high / s - tolerance) - std::floor(low / s + tolerance);
  };
  for (int i = 0; count(step) > most; ++i) step *= i % 3 == 1 ? 2.5 : 2.0;
  Axis axis;
  const double first = std::floor(low / step + tolerance);
  const int steps = std::max(1, static_cast<int>(count(step)));
  for (int i = 0; i <= steps; ++i) axis.ticks.push_back((first + i) * step);
  axis.low = axis.ticks.front();
  axis.high = axis.ticks.back();
  axis.decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + tolerance)));
  return axis;
}

}  // namespace desktop
