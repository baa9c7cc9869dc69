#pragma once

// Definitions of base/number.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::string python_repr(double x) {
  if (std::isnan(x)) return "nan";
  if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
  // Python switches to an exponent below 1e-4 and from 1e16 on.
  const double magnitude = std::abs(x);
  const bool scientific = x != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x,
                                 scientific ? std::chars_format::scientific : std::chars_format::fixed)
                       .ptr;
  std::string result(text.data(), end);
  if (!scientific && result.find('.') == std::string::npos) result += ".0";
  return result;
}

WICK_INLINE std::string fixed(double x, int decimals) {
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::fixed, decimals).ptr;
  return {text.data(), end};
}

WICK_END_NAMESPACE
