#pragma once

// Definitions of training/progress.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/number.hpp>
#include <wick/core/types.hpp>
#include <wick/training/progress.hpp>

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

WICK_INLINE bool is_terminal(const std::ostream& out) {
#if defined(_WIN32)
  static_cast<void>(out);
  return false;
#else
  if (out.rdbuf() == std::cout.rdbuf()) return ::isatty(STDOUT_FILENO) != 0;
  if (out.rdbuf() == std::cerr.rdbuf()) return ::isatty(STDERR_FILENO) != 0;
  return false;
#endif
}

WICK_INLINE std::string duration_text(double seconds) {
  constexpr double longest = 1e15;  // so that the conversion is defined
  const auto total = std::llround(seconds >= 0 ? (std::min)(seconds, longest) : 0);
  const auto two = [](long long x) { return (x < 10 ? "0" : "") + std::to_string(x); };
  const long long hours = total / 3600;
  const std::string minutes = std::to_string(total / 60 % 60);
  if (hours == 0) return minutes + ":" + two(total % 60);
  return std::to_string(hours) + ":" + two(total / 60 % 60) + ":" + two(total % 60);
}

WICK_INLINE void ProgressBar::update(Index done, Index samples, const std::string& label) {
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

WICK_INLINE void ProgressBar::clear() {
  if (drawn_) out_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
