#pragma once

// Numbers as text, the same in every locale.

#include <wick/version.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

WICK_BEGIN_NAMESPACE

/// True unless `x` is NaN or infinite, also where the compiler was told that no number is (-ffast-math).
[[nodiscard]] constexpr bool is_finite(float x) noexcept {
  constexpr std::uint32_t exponent = 0x7F800000U;
  return (std::bit_cast<std::uint32_t>(x) & exponent) != exponent;
}
[[nodiscard]] constexpr bool is_finite(double x) noexcept {
  constexpr std::uint64_t exponent = 0x7FF0000000000000U;
  return (std::bit_cast<std::uint64_t>(x) & exponent) != exponent;
}

/// The shortest text that reads back as `x`, in the form of Python's repr(float):
/// `0.5`, `1.0`, `1e-08`, `inf`, `nan`.
[[nodiscard]] inline std::string python_repr(double x) {
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

/// `x` with a fixed number of decimals, like Python's format(x, '.3f').
[[nodiscard]] inline std::string fixed(double x, int decimals) {
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::fixed, decimals).ptr;
  return {text.data(), end};
}

WICK_END_NAMESPACE
