#pragma once

// Elementary functions of one number that round alike on every processor, on top of kernels/elementary.hpp,
// and loops that compute exponentials of stretches of memory.

#include <wick/kernels/elementary.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/exponential.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/promote.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

WICK_BEGIN_NAMESPACE
namespace detail {

/// f(from, count) for stretches of at most 256 elements, which fit on the stack.
inline constexpr Index stretch = 256;
template <class Function>
void for_each_stretch(Index n, Function f) {
  for (Index from = 0; from < n; from += stretch) f(from, (std::min)(stretch, n - from));
}

/// y_i = exp(x_i), but numbers that are too small for their exponent to be normal are not quite 0 for x far
/// below. `x` and `y` may be the same memory.
template <Floating T>
void exp_above_zero(const T* x, Index n, T* y) {
  detail::kernels::exponentials(x, n, y);
}

/// y_i = exp(x_i). `x` and `y` may be the same memory.
template <Floating T>
void exp_loop(const T* x, Index n, T* y) {
  detail::kernels::exponentials_to_zero(x, y, n);
}

/// log(1 + x), also where 1 + x loses the digits of x: log(u) x / (u - 1) with u = 1 + x, whose roundings
/// cancel (W. Kahan).
inline double log1p(double x) noexcept {
  const double u = 1 + x;
  if (u == 1 || u == std::numeric_limits<double>::infinity()) return x;
  return log(u) * (x / (u - 1));
}

/// Logarithms to the bases 2 and 10, exact for powers of two.
inline double log2(double x) noexcept {
  if (!(x > 0) || x == std::numeric_limits<double>::infinity()) return log(x);
  int exponent = 0;
  const double m = std::frexp(x, &exponent);
  if (m == 0.5) return exponent - 1;
  if (exponent == 0 || exponent == 1) return log(x) * std::numbers::log2e;  // near 1
  return exponent + rounded(log(m) * std::numbers::log2e);
}
inline double log10(double x) noexcept { return log(x) * std::numbers::log10e; }

/// y_i = exp(x_i) - 1 = (u - 1) x / log(u) with u = exp(x) (W. Kahan), in double.
template <Floating T>
void expm1_loop(const T* x, Index n, T* y) {
  for_each_stretch(n, [=](Index from, Index count) {
    std::array<double, stretch> u{};
    for (Index i = 0; i < count; ++i) u[static_cast<std::size_t>(i)] = static_cast<double>(x[from + i]);
    exp_above_zero(u.data(), count, u.data());
    for (Index i = 0; i < count; ++i) {
      const auto v = static_cast<double>(x[from + i]);
      const double e = u[static_cast<std::size_t>(i)];
      double result = e - 1;
      if (e == 1) {
        result = v;
      } else if (e > 0.1 && e < 10) {
        result = result * (v / log(e));
      }
      y[from + i] = static_cast<T>(result);
    }
  });
}

/// Sine and cosine of any angle: what is left of it beyond whole right angles, by sin_cos().
///
/// Up to 2^20 right angles, pi / 2 is subtracted in three parts whose products by them are exact or nearly so
/// (Cody and Waite); beyond, the angle is multiplied by the bits of 2 / pi that matter (Payne and Hanek,
/// "Radian reduction for trigonometric functions", SIGNUM Newsletter 18, 1983).
inline SineCosine sin_cos_any(double angle) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (!(std::abs(angle) <= (std::numeric_limits<double>::max)())) return {nan, nan};
  double rest = 0;             // in [-pi / 4, pi / 4]
  std::uint64_t quarters = 0;  // modulo 4
  if (std::abs(angle) < 1.6e6) {
    constexpr double high = 0x1.921fb54400000p+0;  // 33 bits each
    constexpr double middle = 0x1.0b4611a600000p-34;
    constexpr double low = 0x1.3198a2e037073p-69;
    const double n = std::floor(rounded(angle * (2 * std::numbers::inv_pi)) + 0.5);
    rest = ((angle - rounded(n * high)) - rounded(n * middle)) - rounded(n * low);
    quarters = static_cast<std::uint64_t>(static_cast<std::int64_t>(n));
  } else {
    // 64 zeros and the binary digits of 2 / pi behind the point.
    constexpr std::array<std::uint64_t, 21> digits{0,
                                                   0xa2f9836e4e441529U,
                                                   0xfc2757d1f534ddc0U,
                                                   0xdb6295993c439041U,
                                                   0xfe5163abdebbc561U,
                                                   0xb7246e3a424dd2e0U,
                                                   0x06492eea09d1921cU,
                                                   0xfe1deb1cb129a73eU,
                                                   0xe88235f52ebb4484U,
                                                   0xe99c7026b45f7e41U,
                                                   0x3991d639835339f4U,
                                                   0x9c845f8bbdf9283bU,
                                                   0x1ff897ffde05980fU,
                                                   0xef2f118b5a0a6d1fU,
                                                   0x6d367ecf27cb09b7U,
                                                   0x4f463f669e5fea2dU,
                                                   0x7527bac7ebe5f17bU,
                                                   0x3d0739f78a5292eaU,
                                                   0x6bfb5fb11f8d5d08U,
                                                   0x56033046fc7b6babU,
                                                   0xf0cfbc209af4361dU};
    // |angle| = m 2^shift with an integer m of 53 bits. The digits of 2 / pi before place shift - 2 give
    // whole turns.
    const auto bits = std::bit_cast<std::uint64_t>(std::abs(angle));
    const std::uint64_t m = (bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1} << 52;
    const auto shift = static_cast<int>(bits >> 52) - 1075;
    const int first = 64 + shift - 2;
    const auto digits_at = [&](int i) {
      const auto at = static_cast<std::size_t>(std::int64_t{first / 64} + i);
      const auto by = static_cast<unsigned>(first % 64);
      return by == 0 ? digits[at] : digits[at] << by | digits[at + 1] >> (64 - by);
    };
    // m times 192 of the digits, without what overflows: those are whole turns too.
    const auto multiply = [](std::uint64_t a, std::uint64_t b, std::uint64_t& top) {
      const std::uint64_t a0 = a & 0xFFFFFFFFU;
      const std::uint64_t a1 = a >> 32;
      const std::uint64_t b0 = b & 0xFFFFFFFFU;
      const std::uint64_t b1 = b >> 32;
      const std::uint64_t p00 = a0 * b0;
      const std::uint64_t p01 = a0 * b1 + (p00 >> 32);
      const std::uint64_t p10 = a1 * b0 + (p01 & 0xFFFFFFFFU);
      top = a1 * b1 + (p01 >> 32) + (p10 >> 32);
      return p10 << 32 | (p00 & 0xFFFFFFFFU);
    };
    std::uint64_t top2 = 0;
    std::uint64_t top1 = 0;
    std::uint64_t ignored = 0;
    static_cast<void>(multiply(m, digits_at(2), top2));
    const std::uint64_t low1 = multiply(m, digits_at(1), top1);
    std::uint64_t high = multiply(m, digits_at(0), ignored);
    std::uint64_t low = low1 + top2;
    high += top1 + (low < low1 ? 1 : 0);
    // The number of right angles, modulo 4, has its point behind the first two bits of high:low.
    quarters = high >> 62;
    high = high << 2 | low >> 62;
    low <<= 2;
    const bool rounds_up = (high >> 63) != 0;
    if (rounds_up) {
      ++quarters;
      low = ~low + 1;
      high = ~high + (low == 0 ? 1 : 0);
    }
    const double fraction = static_cast<double>(high) * 0x1p-64 + static_cast<double>(low) * 0x1p-128;
    rest = fraction * (std::numbers::pi / 2);
    if (rounds_up) rest = -rest;
    if (angle < 0) {
      rest = -rest;
      quarters = ~quarters + 1;
    }
  }
  const auto [sine, cosine] = sin_cos(std::abs(rest));
  const double signed_sine = std::copysign(sine, rest);
  switch (quarters % 4) {
    case 1:
      return {cosine, -signed_sine};
    case 2:
      return {-signed_sine, -cosine};
    case 3:
      return {-cosine, signed_sine};
    default:
      return {rest == 0 ? rest : signed_sine, cosine};
  }
}

/// log(x) as a sum of two numbers, x > 0 and finite: what log() computes, with the quotient and the largest
/// terms of its series in twice the digits.
inline TwoParts log_in_two_parts(double x) noexcept {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < log_half_root) {
    m *= 2;
    --exponent;
  }
  const double f = m - 1;
  const double divisor = 2 + f;
  const double divisor_low = f - (divisor - 2);
  // s = f / (2 + f) and what it lacks.
  const double s = f / divisor;
  const auto [product, error] = exact_product(s, divisor);
  const double s_low = (((f - product) - error) - rounded(s * divisor_low)) / divisor;
  const double z = s * s;
  // 2 artanh(s) = 2 s + s^3 (2 / 3 + 2 / 5 s^2 + ...)
  double series = 2.0 / 23;
  for (int i = 21; i >= 3; i -= 2) series = rounded(series * z) + 2.0 / i;
  const double tail = rounded(rounded(s * z) * series);
  const auto k = static_cast<double>(exponent);
  const double large = rounded(k * log_two_high);
  const double sum = large + 2 * s;
  const double lost = exponent == 0 ? 0 : (large - sum) + 2 * s;
  const double rest = (lost + (2 * s_low + tail)) + rounded(k * log_two_low);
  const double high = sum + rest;
  return {high, (sum - high) + rest};
}

/// y_i = x_i^p_i as C's pow, in double: exp(p log(x)), the product in twice the digits.
// NOLINTBEGIN(readability-function-cognitive-complexity): the cases of C's pow
inline void pow_loop(const double* x, const double* p, Index n, double* y) {
  constexpr double endless = std::numeric_limits<double>::infinity();
  for_each_stretch(n, [=](Index from, Index count) {
    std::array<double, stretch> high{};
    std::array<double, stretch> low{};
    for (Index i = 0; i < count; ++i) {
      const double base = std::abs(x[from + i]);
      const double exponent = p[from + i];
      TwoParts product{0, 0};
      if (base > 0 && base < endless && std::abs(exponent) < endless) {
        const TwoParts logarithm = log_in_two_parts(base);
        product.high = rounded(logarithm.high * exponent);
        if (std::abs(product.high) < 1e4) {  // otherwise the power is 0 or infinite
          product = exact_product(logarithm.high, exponent);
          product.low += rounded(logarithm.low * exponent);
        }
      }
      high[static_cast<std::size_t>(i)] = product.high;
      low[static_cast<std::size_t>(i)] = product.low;
    }
    exp_loop(high.data(), count, high.data());
    for (Index i = 0; i < count; ++i) {
      const double base = x[from + i];
      const double exponent = p[from + i];
      const double power = high[static_cast<std::size_t>(i)];
      const bool integer = std::floor(exponent) == exponent;
      const bool odd = integer && std::abs(exponent) < 0x1p53 && std::fmod(exponent, 2.0) != 0;
      double result = power + rounded(power * low[static_cast<std::size_t>(i)]);
      if (power == endless) result = power;
      if (exponent == 0 || base == 1) {
        result = 1;
      } else if (base != base || exponent != exponent) {
        result = base + exponent;
      } else if (std::abs(exponent) == endless) {
        const double a = std::abs(base);
        result = a == 1 ? 1 : (a > 1) == (exponent > 0) ? endless : 0;
      } else if (base == 0 || std::abs(base) == endless) {
        result = (base == 0) == (exponent > 0) ? 0 : endless;
        if (odd && std::signbit(base)) result = -result;
      } else if (base < 0) {
        result = !integer ? std::numeric_limits<double>::quiet_NaN() : odd ? -result : result;
      }
      y[from + i] = result;
    }
  });
}
// NOLINTEND(readability-function-cognitive-complexity)

}  // namespace detail
WICK_END_NAMESPACE
