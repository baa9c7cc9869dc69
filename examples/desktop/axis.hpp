#pragma once

// The numbers beside an axis of a chart.

#include <vector>

namespace desktop {

/// A range that begins and ends at round numbers, and the round numbers in it.
struct Axis {
  double low = 0;
  double high = 1;
  std::vector<double> ticks;
  int decimals = 0;  ///< that the ticks need

  [[nodiscard]] double part_of(double value) const { return (value - low) / (high - low); }
};

/// The smallest such axis with at most `most` steps of 1, 2 or 5 times a power of ten that holds [low, high].
/// `most` >= 1. A range that is empty or not finite becomes [low, low + 1] or [0, 1].
[[nodiscard]] Axis round_axis(double low, double high, int most);

}  // namespace desktop
