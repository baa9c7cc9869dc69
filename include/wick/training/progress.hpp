#pragma once

// A line on a terminal that says how far a run is.

#include <wick/core/number.hpp>
#include <wick/core/types.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <ostream>
#include <string>

#if !defined(_WIN32)
#include <unistd.h>
#endif

namespace wick::inline WICK_ABI_NAMESPACE {

/// True when `out` is the program's standard output or error and a person sees it.
[[nodiscard]] inline bool is_terminal(const std::ostream& out) {
#if defined(_WIN32)
  static_cast<void>(out);
  return false;
#else
  if (out.rdbuf() == std::cout.rdbuf()) return ::isatty(STDOUT_FILENO) != 0;
  if (out.rdbuf() == std::cerr.rdbuf()) return ::isatty(STDERR_FILENO) != 0;
  return false;
#endif
}

/// Seconds as `0:07`, `12:30` or `1:02:30`; negative ones and NaN as `0:00`.
[[nodiscard]] inline std::string duration_text(double seconds) {
  constexpr double longest = 1e15;  // so that the conversion is defined
  const auto total = std::llround(seconds >= 0 ? (std::min)(seconds, longest) : 0);
  const auto two = [](long long x) { return (x < 10 ? "0" : "") + std::to_string(x); };
  const long long hours = total / 3600;
  const std::string minutes = std::to_string(total / 60 % 60);
  if (hours == 0) return minutes + ":" + two(total % 60);
  return std::to_string(hours) + ":" + two(total / 60 % 60) + ":" + two(total % 60);
}

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
  void update(Index done, Index samples, const std::string& label) {
    const auto now = Clock::now();
    if (drawn_ && now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    // More than all happens when a run goes on with fewer data than it began with.
    const Index left = (std::max)(total_ - done, Index{0});
    const double share = left > 0 ? static_cast<double>(done) / static_cast<double>(total_) : 1;
    const Index fresh = done - first_;
    constexpr int width = 24;
    const int filled = static_cast<int>(share * width);
    std::string line = label + " [" + std::string(static_cast<std::size_t>(filled), '#') +
                       std::string(static_cast<std::size_t>(width - filled), '.') + "] " +
                       fixed(100 * share, 0) + "%";
    if (elapsed > 0.2 && fresh > 0) {
      line += "  " + fixed(static_cast<double>(samples) / elapsed, 0) + " samples/s  ETA " +
              duration_text(elapsed / static_cast<double>(fresh) * static_cast<double>(left));
    }
    out_ << "\r\x1b[K" << line << std::flush;
    drawn_ = true;
  }

  /// Removes the line, before something else is printed.
  void clear() {
    if (drawn_) out_ << "\r\x1b[K" << std::flush;
    drawn_ = false;
  }

 private:
  std::ostream& out_;
  Index total_;
  Index first_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_;
  bool drawn_ = false;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE
