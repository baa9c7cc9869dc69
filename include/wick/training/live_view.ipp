#pragma once

// Definitions of training/live_view.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/training/live_view.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if !defined(_WIN32)
#include <poll.h>
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

/// A number in a few characters, however large it is.
inline std::string short_number(double x) {
  const double size = std::fabs(x);
  if (size == 0 || (size >= 0.001 && size < 1e6)) return fixed(x, size < 1000 ? 4 : 0);
  if (!is_finite(x)) return python_repr(x);
  const int exponent = static_cast<int>(std::floor(std::log10(size)));
  // In two steps, as ten to the power of -310 is no number to divide by.
  const double scaled = x / std::pow(10.0, exponent / 2) / std::pow(10.0, exponent - exponent / 2);
  return fixed(scaled, 2) + "e" + std::to_string(exponent);
}

}  // namespace detail

WICK_INLINE std::string curve_text(std::span<const double> values, Index columns, bool blocks) {
  constexpr std::array<std::string_view, 8> high{"\u2581", "\u2582", "\u2583", "\u2584",
                                                 "\u2585", "\u2586", "\u2587", "\u2588"};
  constexpr std::array<std::string_view, 6> plain{"_", ".", "-", "=", "*", "#"};
  const std::size_t width =
      (std::min)(values.size(), static_cast<std::size_t>((std::max)(columns, Index{0})));
  std::vector<double> points;
  for (std::size_t column = 0; column < width; ++column) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = column * values.size() / width; i < (column + 1) * values.size() / width; ++i) {
      if (!is_finite(values[i])) continue;
      sum += values[i];
      ++count;
    }
    points.push_back(count == 0 ? std::numeric_limits<double>::quiet_NaN()
                                : sum / static_cast<double>(count));
  }
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const double point : points) {
    if (!is_finite(point)) continue;
    least = (std::min)(least, point);
    most = (std::max)(most, point);
  }
  const std::size_t levels = blocks ? high.size() : plain.size();
  std::string text;
  for (const double point : points) {
    if (!is_finite(point)) {
      text += ' ';
      continue;
    }
    const double share = most > least ? (point - least) / (most - least) : 0;
    const auto level = (std::min)(static_cast<std::size_t>(share * static_cast<double>(levels)), levels - 1);
    text += blocks ? high[level] : plain[level];
  }
  return text;
}

WICK_INLINE std::vector<std::string> live_lines(const LiveStatus& status, Index columns, bool blocks) {
  const std::size_t most = columns > 1 ? static_cast<std::size_t>(columns - 1) : 1;
  std::string line;
  const auto add = [&](const std::string& part) {
    const std::string gap = line.empty() ? "" : "  ";
    if (line.size() + gap.size() + part.size() <= most) line.append(gap).append(part);
  };
  add("loss " + detail::short_number(status.loss));
  if (status.last) add("last " + detail::short_number(*status.last));
  if (status.best) {
    add("best " + detail::short_number(*status.best) + " (epoch " + std::to_string(status.best_epoch) + ")");
  }
  add("lr " + detail::short_number(status.lr));
  if (status.gradient_norm) add("norm " + detail::short_number(*status.gradient_norm));
  if (status.stop_key) add("q, Enter: stop");
  std::vector<std::string> lines{std::move(line)};
  constexpr Index longest = 60;
  if (status.curve.size() > 1) {
    lines.push_back(curve_text(status.curve, (std::min)(static_cast<Index>(most), longest), blocks));
  }
  return lines;
}

WICK_INLINE bool terminal_shows_utf8() {
#if defined(_WIN32)
  return false;
#else
  // The first that is set counts, as in the C library.
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view text(value);
    return text.find("UTF-8") != std::string_view::npos || text.find("utf8") != std::string_view::npos ||
           text.find("UTF8") != std::string_view::npos || text.find("utf-8") != std::string_view::npos;
  }
  return false;
#endif
}

WICK_INLINE bool stop_key_was_typed() {
#if defined(_WIN32)
  return false;
#else
  // A program in the background that reads from its terminal is halted.
  if (::isatty(STDIN_FILENO) == 0 || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return false;
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  if (::poll(&input, 1, 0) <= 0 || (input.revents & POLLIN) == 0) return false;
  std::array<char, 256> typed{};
  const auto count = ::read(STDIN_FILENO, typed.data(), typed.size());
  return count > 0 && (typed[0] == 'q' || typed[0] == 'Q');
#endif
}

WICK_END_NAMESPACE
