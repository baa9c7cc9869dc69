#pragma once

// Numbers as text, the same in every locale.

#include <wick/version.hpp>

#include <bit>
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
[[nodiscard]] std::string python_repr(double x);

/// `x` with a fixed number of decimals, like Python's format(x, '.3f').
[[nodiscard]] std::string fixed(double x, int decimals);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/number.ipp>
#endif
