#pragma once

// What a call costs, for tests that hold it against the size of its input.

#include "support/allocations.hpp"

#include <cstdint>
#include <ctime>

namespace wick_tests {

/// Processor time and memory of a call.
struct Cost {
  double seconds = 0;       ///< of this process's processor time
  std::uint64_t bytes = 0;  ///< of heap memory at its largest, beyond what was there before
};

/// Runs `f` and says what it cost. An exception out of it is passed on.
template <class F>
[[nodiscard]] Cost cost_of(F&& f) {
  const std::uint64_t before = start_peak();
  const std::clock_t start = std::clock();
  f();
  Cost cost;
  cost.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  cost.bytes = peak_bytes() - before;
  return cost;
}

}  // namespace wick_tests
