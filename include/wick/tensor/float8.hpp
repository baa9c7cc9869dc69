#pragma once

// 8-bit floating-point formats as stored in files: bits only, no arithmetic.

#include <wick/base/types.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

WICK_BEGIN_NAMESPACE

/// The 8-bit floats of PyTorch, by the end of their torch.dtype's name: exponent and mantissa bits, `fn` for
/// no infinity, `uz` for one zero without a sign.
///
/// P. Micikevicius et al., https://arxiv.org/abs/2209.05433 (e4m3fn, e5m2); B. Noune et al.,
/// https://arxiv.org/abs/2206.02915 (fnuz); OCP Microscaling Formats 1.0 (e8m0fnu: a power of two, no sign).
enum class Float8Format { e4m3fn, e5m2, e4m3fnuz, e5m2fnuz, e8m0fnu };

/// An 8-bit float, as bits.
template <Float8Format format>
struct Float8 {
  std::uint8_t bits = 0;  ///< as they are stored
  friend bool operator==(Float8, Float8) = default;
};

namespace detail {

template <Float8Format format>
struct Float8Traits {
  static constexpr bool uz = format == Float8Format::e4m3fnuz || format == Float8Format::e5m2fnuz;
  static constexpr bool infinite = format == Float8Format::e5m2;
  static constexpr int mantissa = format == Float8Format::e5m2 || format == Float8Format::e5m2fnuz ? 2 : 3;
  static constexpr int bias = (mantissa == 2 ? 15 : 7) + (uz ? 1 : 0);
  /// The largest finite magnitude's bits; what is above overflows.
  static constexpr int largest = infinite ? 0x7B : uz ? 0x7F : 0x7E;
  static constexpr std::uint8_t overflow = infinite ? 0x7C : uz ? 0x80 : 0x7E;
  static constexpr std::uint8_t nan = uz ? 0x80 : 0x7F;
};

}  // namespace detail

/// The same number; each of them is a float.
template <Float8Format format>
[[nodiscard]] float to_float(Float8<format> x) noexcept {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  if constexpr (format == Float8Format::e8m0fnu) {
    return x.bits == 0xFF ? nan : std::ldexp(1.0F, static_cast<int>(x.bits) - 127);
  } else {
    using Traits = detail::Float8Traits<format>;
    const int magnitude = x.bits & 0x7F;
    if (Traits::uz ? x.bits == Traits::nan : magnitude > (Traits::infinite ? 0x7C : Traits::largest))
      return nan;
    const bool negative = (x.bits & 0x80) != 0;
    if (magnitude > Traits::largest) {
      return negative ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::infinity();
    }
    const int exponent = magnitude >> Traits::mantissa;
    const int hidden = exponent > 0 ? 1 << Traits::mantissa : 0;
    const int fraction = magnitude & ((1 << Traits::mantissa) - 1);
    const float value = std::ldexp(static_cast<float>(hidden + fraction),
                                   (std::max)(exponent, 1) - Traits::bias - Traits::mantissa);
    return negative ? -value : value;
  }
}

/// As torch.Tensor.to: rounds to nearest even; past the largest number infinity, or NaN in formats without;
/// NaN stays NaN. For e8m0fnu, to the nearest power of two of the magnitude (halfway up) and NaN past 2^127.
template <Float8Format format>
[[nodiscard]] Float8<format> to_float8(float x) noexcept {
  if constexpr (format == Float8Format::e8m0fnu) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFU;
    const std::uint32_t exponent = bits >> 23;
    const std::uint32_t fraction = bits & 0x7FFFFFU;
    if (exponent == 0xFF) return {0xFF};
    // Subnormal: the exponent's unit is 2^-127, half of the smallest normal number; a tie goes down.
    const bool up = exponent > 0 ? fraction >= 0x400000U : fraction > 0x400000U;
    return {static_cast<std::uint8_t>(exponent + (up ? 1U : 0U))};
  } else {
    using Traits = detail::Float8Traits<format>;
    const int sign = std::signbit(x) ? 0x80 : 0;
    const auto with_sign = [sign](int magnitude) -> Float8<format> {
      if (Traits::uz && (magnitude == 0 || magnitude == Traits::nan)) {
        return {static_cast<std::uint8_t>(magnitude)};
      }
      return {static_cast<std::uint8_t>(magnitude | sign)};
    };
    if (std::isnan(x)) return with_sign(Traits::nan);
    const float magnitude = std::abs(x);
    if (std::isinf(magnitude)) return with_sign(Traits::overflow);
    const int exponent =
        (std::max)(magnitude > 0 ? std::ilogb(magnitude) : 1 - Traits::bias, 1 - Traits::bias);
    // How many units of the last place; one more bit than the mantissa has, the hidden one.
    const auto units = static_cast<int>(std::nearbyint(std::ldexp(magnitude, Traits::mantissa - exponent)));
    const int code =
        (std::min)(exponent + Traits::bias, 64) * (1 << Traits::mantissa) + units - (1 << Traits::mantissa);
    return with_sign(code > Traits::largest ? Traits::overflow : code);
  }
}

WICK_END_NAMESPACE
