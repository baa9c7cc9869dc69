#pragma once

// Definitions of training/progress.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/training/progress.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#if !defined(_WIN32)
#include <sys/ioctl.h>
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

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

WICK_INLINE std::optional<Index> terminal_columns(const std::ostream& out) {
  if (!is_terminal(out)) return {};
#if defined(_WIN32)
  return {};
#else
  const char* const term = std::getenv("TERM");
  if (term != nullptr && std::string_view(term) == "dumb") return {};
  constexpr Index usual = 80;
  winsize size{};
  const int descriptor = out.rdbuf() == std::cout.rdbuf() ? STDOUT_FILENO : STDERR_FILENO;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
#endif
}

WICK_INLINE std::string duration_text(double seconds) {
  constexpr double longest = 1e15;  // so that the conversion is defined
  const auto total = std::llround(seconds >= 0 ? (std::min)(seconds, longest) : 0);
  std::string text;
  const auto append_two = [&](long long x) {
    text += ':';
    if (x < 10) text += '0';
    text += std::to_string(x);
  };
  const long long hours = total / 3600;
  if (hours > 0) {
    text = std::to_string(hours);
    append_two(total / 60 % 60);
  } else {
    text = std::to_string(total / 60);
  }
  append_two(total % 60);
  return text;
}

WICK_INLINE std::string progress_line(const Progress& progress, Index columns) {
  const std::size_t most = columns > 1 ? static_cast<std::size_t>(columns - 1) : 1;
  const std::string percent = fixed(100 * progress.share, 0).append("%");
  std::string left;
  std::string rate;
  if (progress.samples_per_second > 0) {
    left.append("  ETA ").append(duration_text(progress.seconds_left));
    rate.append("  ").append(fixed(progress.samples_per_second, 0)).append(" samples/s");
  }
  constexpr std::size_t longest_bar = 24;
  constexpr std::size_t shortest_bar = 10;
  constexpr std::size_t around_bar = 4;  // brackets and spaces
  const std::array tails{rate + left, left, std::string()};
  for (const std::string& tail : tails) {
    const std::size_t others = progress.label.size() + around_bar + percent.size() + tail.size();
    if (others + shortest_bar > most) continue;
    const std::size_t width = (std::min)(most - others, longest_bar);
    const auto filled = static_cast<std::size_t>(progress.share * static_cast<double>(width));
    std::string line = progress.label;
    line.append(" [").append(filled, '#').append(width - filled, '.').append("] ");
    return line.append(percent).append(tail);
  }
  for (const std::string* tail : {&tails[1], &tails[2]}) {
    if (progress.label.size() + 1 + percent.size() + tail->size() > most) continue;
    std::string line = progress.label;
    return line.append(" ").append(percent).append(*tail);
  }
  return percent.substr(0, most);
}

WICK_INLINE void ProgressBar::update(Index done, Index samples, const std::string& label,
                                     const std::function<std::vector<std::string>(Index)>& below) {
  const auto now = Clock::now();
  if (drawn_ && now - last_ < std::chrono::milliseconds(100)) return;
  // More than all happens when a run goes on with fewer data than it began with.
  const Index left = (std::max)(total_ - done, Index{0});
  Progress progress{.label = label,
                    .share = left > 0 ? static_cast<double>(done) / static_cast<double>(total_) : 1};
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double allowed = ends_ ? std::chrono::duration<double>(*ends_ - start_).count() : 0;
  if (allowed > 0) progress.share = (std::min)((std::max)(progress.share, elapsed / allowed), 1.0);
  const auto columns = columns_ ? columns_ : terminal_columns(out_);
  const auto tenth = static_cast<int>(progress.share * 10);
  if (!columns && tenth <= tenth_) return;
  last_ = now;
  tenth_ = tenth;
  const Index fresh = done - first_;
  if (elapsed > 0.2 && fresh > 0) {
    progress.samples_per_second = static_cast<double>(samples) / elapsed;
    progress.seconds_left = elapsed / static_cast<double>(fresh) * static_cast<double>(left);
    if (allowed > 0) progress.seconds_left = (std::min)(progress.seconds_left, allowed - elapsed);
  }
  if (columns) {
    out_ << "\r\x1b[K" << progress_line(progress, *columns);
    const auto lines = below ? below(*columns) : std::vector<std::string>();
    for (const std::string& line : lines) out_ << "\n\r\x1b[K" << line;
    for (std::size_t i = lines.size(); i < lines_below_; ++i) out_ << "\n\r\x1b[K";
    lines_below_ = (std::max)(lines_below_, lines.size());
    if (lines_below_ > 0) out_ << "\x1b[" << lines_below_ << "A";
    out_ << std::flush;
  } else {
    constexpr Index file = 80;
    out_ << progress_line(progress, file) << std::endl;
  }
  drawn_ = columns.has_value();
}

WICK_INLINE void ProgressBar::clear() {
  if (drawn_) {
    out_ << "\r\x1b[K";
    for (std::size_t i = 0; i < lines_below_; ++i) out_ << "\n\x1b[K";
    if (lines_below_ > 0) out_ << "\x1b[" << lines_below_ << "A";
    out_ << std::flush;
  }
  lines_below_ = 0;
  drawn_ = false;
}

WICK_INLINE void ProgressBar::end_in(double seconds) {
  ends_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                             std::chrono::duration<double>((std::min)(seconds, 1e8)));
}

WICK_END_NAMESPACE
