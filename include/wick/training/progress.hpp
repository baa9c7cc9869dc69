#pragma once

// A line on a terminal that says how far a run is.

#include <wick/core/compiled.hpp>
#include <wick/core/types.hpp>

#include <chrono>
#include <ostream>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// True when `out` is the program's standard output or error and a person sees it.
[[nodiscard]] bool is_terminal(const std::ostream& out);

/// Seconds as `0:07`, `12:30` or `1:02:30`; negative ones and NaN as `0:00`.
[[nodiscard]] std::string duration_text(double seconds);

/// Bar, rate and time left, redrawn in place at most ten times a second.
class ProgressBar {
 public:
  using Clock = std::chrono::steady_clock;

  /// `total` steps in all, of which `done` are behind us.
  ProgressBar(std::ostream& out, Index total, Index done = 0) : out_(out), total_(total), first_(done) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  /// `samples` were processed since construction.
  void update(Index done, Index samples, const std::string& label);

  /// Removes the line, before something else is printed.
  void clear();

 private:
  std::ostream& out_;
  Index total_;
  Index first_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
  bool drawn_ = false;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/training/progress.ipp>
#endif
