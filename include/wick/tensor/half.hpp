#pragma once

// 16-bit floating-point formats as stored in files: bits only, no arithmetic.

#include <wick/base/types.hpp>

#include <bit>
#include <cmath>
#include <cstdint>

WICK_BEGIN_NAMESPACE

/// IEEE 754 binary16, as bits.
struct Half {
  std::uint16_t bits = 0;  ///< as they are stored
  friend bool operator==(Half, Half) = default;
};

/// bfloat16, the upper half of an IEEE 754 binary32, as bits.
struct BFloat16 {
  std::uint16_t bits = 0;  ///< as they are stored
  friend bool operator==(BFloat16, BFloat16) = default;
};

/// The same number; each of them is a float.
[[nodiscard]] inline float to_float(BFloat16 x) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(x.bits) << 16);
}

/// The same number; each of them is a float.
[[nodiscard]] inline float to_float(Half x) noexcept {
  const std::uint32_t sign = (x.bits & 0x8000U) << 16;
  const std::uint32_t exponent = (x.bits >> 10) & 0x1FU;
  const std::uint32_t mantissa = x.bits & 0x3FFU;
  if (exponent == 0x1FU) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13));
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112U) << 23) | (mantissa << 13));
}

/// Rounds to nearest, ties to even; NaN stays NaN.
[[nodiscard]] inline BFloat16 to_bfloat16(float x) noexcept {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return {static_cast<std::uint16_t>((bits >> 16) | 0x40U)};  // NaN
  bits += 0x7FFFU + ((bits >> 16) & 1U);
  return {static_cast<std::uint16_t>(bits >> 16)};
}

/// Rounds to nearest, ties to even; from 65520 on the result is infinity, NaN stays NaN.
[[nodiscard]] inline Half to_half(float x) noexcept {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  std::uint32_t h;
  if (magnitude > 0x7F800000U) {
    h = 0x7E00U | ((magnitude >> 13) & 0x3FFU);
  } else if (magnitude >= 0x47800000U) {  // 65536 and above, infinity
    h = 0x7C00U;
  } else if (magnitude < 0x38800000U) {  // subnormal half: multiples of 2^-24
    h = static_cast<std::uint32_t>(std::nearbyint(std::bit_cast<float>(magnitude) * 0x1p24F));
  } else {
    h = ((magnitude + 0xFFFU + ((magnitude >> 13) & 1U)) >> 13) - (112U << 10);
  }
  return {static_cast<std::uint16_t>(sign | h)};
}

WICK_END_NAMESPACE
