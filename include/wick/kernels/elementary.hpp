#pragma once

// Exponential, logarithm, sine, cosine and powers that do not depend on the processor.
//
// The C library chooses among versions of these functions when a program starts, by what the processor can
// do, and they differ in the last bit: a model trained on one machine would not be the one trained on
// another. These are made of additions, multiplications, divisions and roots, which every processor rounds
// alike, and no product is fused with a sum, whatever the instructions that a compiler may use.

#include <wick/kernels/power_squares.hpp>
#include <wick/version.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

WICK_BEGIN_NAMESPACE

namespace detail {

/// x, out of sight of a compiler that would fuse the product that it is with a sum.
template <class T>
inline T rounded(T x) noexcept {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__SSE2__))
  __asm__("" : "+x"(x));
#elif defined(__GNUC__) && defined(__aarch64__)
  __asm__("" : "+w"(x));
#endif
  return x;
}

// Of log(). Bare arrays: kernels, which use them too, must not instantiate functions of the library.
inline constexpr double log_half_root = std::numbers::sqrt2 / 2;
inline constexpr double log_two_high = 0x1.62e42fee00000p-1;  // 32 bits: multiples by an exponent are exact
inline constexpr double log_two_low = 0x1.a39ef35793c76p-33;
// NOLINTBEGIN(*-avoid-c-arrays)
inline constexpr double log_odds[5] = {2.0 / 5, 2.0 / 9, 2.0 / 13, 2.0 / 17, 2.0 / 21};
inline constexpr double log_evens[5] = {2.0 / 3, 2.0 / 7, 2.0 / 11, 2.0 / 15, 2.0 / 19};
// NOLINTEND(*-avoid-c-arrays)

/// The natural logarithm, to one unit in the last place. -infinity for 0, NaN below.
///
/// With x = 2^k (1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1), and s = f / (2 + f), log(1 + f) is 2 artanh(s), a
/// series in s^2. It is added to f - f^2 / 2, which is most of it and exact enough, as in Sun's fdlibm
/// (e_log.c).
inline double log(double x) noexcept {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (!(x > 0)) return x == 0 ? -infinity : std::numeric_limits<double>::quiet_NaN();
  if (x == infinity) return x;
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // in [1/2, 1)
  if (m < log_half_root) {
    m *= 2;
    --exponent;
  }
  const double f = m - 1;
  const double s = f / (2 + f);
  const double z = s * s;
  const double w = z * z;
  double odd = log_odds[4];
  double even = log_evens[4];
  for (int i = 3; i >= 0; --i) {
    odd = log_odds[i] + rounded(w * odd);
    even = log_evens[i] + rounded(w * even);
  }
  odd = rounded(w * odd);
  even = rounded(z * even);
  const double half_square = rounded(0.5 * f * f);
  const auto k = static_cast<double>(exponent);
  const double rest = rounded(s * (half_square + (even + odd))) + rounded(k * log_two_low);
  return rounded(k * log_two_high) - ((half_square - rest) - f);
}

/// e^x, to about one unit in the last place.
///
/// With x = k log(2) + r, |r| <= log(2) / 2, the series of Taylor up to r^13 / 13! for e^r.
inline double exp(double x) noexcept {
  if (!(x < 709.8)) return x > 0 ? std::numeric_limits<double>::infinity() : x;
  if (x < -745.2) return 0;
  const double k = std::floor(rounded(x * std::numbers::log2e) + 0.5);
  const double r = (x - rounded(k * log_two_high)) - rounded(k * log_two_low);
  constexpr std::array<double, 12> inverse_factorials{
      1.0 / 2,     1.0 / 6,      1.0 / 24,      1.0 / 120,      1.0 / 720,       1.0 / 5040,
      1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
  double sum = inverse_factorials[11];
  for (std::size_t i = 11; i-- > 0;) sum = rounded(sum * r) + inverse_factorials[i];
  return std::ldexp(1 + (r + rounded(rounded(r * r) * sum)), static_cast<int>(k));
}

struct SineCosine {
  double sine;
  double cosine;
};

/// Sine and cosine of an angle in [0, 2 pi], each to 2^-52.
inline SineCosine sin_cos(double angle) noexcept {
  constexpr double right_angle_high = 0x1.921fb54400000p+0;  // 33 bits
  constexpr double right_angle_low = 0x1.0b4611a626331p-34;
  const double quarters = std::floor(rounded(angle * (2 * std::numbers::inv_pi)) + 0.5);
  const double r = (angle - rounded(quarters * right_angle_high)) - rounded(quarters * right_angle_low);
  const double z = r * r;
  // The series of Taylor, up to 0.79^18 / 18! < 2^-58.
  const auto series = [z](const std::array<double, 8>& c) {
    double sum = c[7];
    for (std::size_t i = 7; i-- > 0;) sum = rounded(sum * z) + c[i];
    return sum;
  };
  constexpr std::array<double, 8> sines{
      -1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
      -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
  constexpr std::array<double, 8> cosines{
      1.0 / 24,        -1.0 / 720,         1.0 / 40320,          -1.0 / 3628800,
      1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000};
  const double sine = r + rounded(r * z * series(sines));
  const double cosine = 1 - (rounded(0.5 * z) - rounded(z * z * series(cosines)));
  switch (static_cast<int>(quarters)) {
    case 1:
      return {cosine, -sine};
    case 2:
      return {-sine, -cosine};
    case 3:
      return {-cosine, sine};
    default:
      return {sine, cosine};
  }
}

/// The cosine of any angle that is not huge.
inline double cosine(double angle) noexcept {
  constexpr double turn_high = 0x1.921fb54400000p+2;  // 33 bits
  constexpr double turn_low = 0x1.0b4611a626331p-32;
  const double size = std::fabs(angle);
  if (size <= 2 * std::numbers::pi) return sin_cos(size).cosine;
  const double turns = std::floor(size / (2 * std::numbers::pi));
  const double rest = (size - rounded(turns * turn_high)) - rounded(turns * turn_low);
  return sin_cos(std::fabs(rest)).cosine;
}

/// a b: rounded, and what that lacks. Halves of 26 bits have exact products (Dekker, Numerische Mathematik
/// 18, 1971).
inline TwoParts exact_product(double a, double b) noexcept {
  const auto top = [](double x) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & (~std::uint64_t{0} << 27));
  };
  const double high = rounded(a * b);
  const double at = top(a);
  const double bt = top(b);
  const double al = a - at;
  const double bl = b - bt;
  return {high, ((at * bt - high) + (at * bl + al * bt)) + rounded(al * bl)};
}

/// a b, but for what two parts cannot hold.
inline TwoParts product_in_parts(const TwoParts& a, const TwoParts& b) noexcept {
  const auto [high, error] = exact_product(a.high, b.high);
  const double low = error + (rounded(a.high * b.low) + rounded(a.low * b.high));
  const double sum = high + low;
  return {sum, (high - sum) + low};
}

/// base^exponent for each base, |base| <= 1, and exponent >= 0, correctly rounded but for one case in a
/// thousand millions: repeated squaring in pairs of numbers, the second what the first lacks. Side by side,
/// as each product waits for the one before.
template <std::size_t count>
std::array<double, count> powers(const std::array<double, count>& bases, std::int64_t exponent) noexcept {
  std::array<TwoParts, count> results;
  std::array<TwoParts, count> squares;
  for (std::size_t i = 0; i < count; ++i) {
    results[i] = {1, 0};
    squares[i] = {bases[i], 0};
  }
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0) {
      for (std::size_t i = 0; i < count; ++i) results[i] = product_in_parts(results[i], squares[i]);
    }
    for (std::size_t i = 0; i < count; ++i) squares[i] = product_in_parts(squares[i], squares[i]);
  }
  std::array<double, count> values;
  for (std::size_t i = 0; i < count; ++i) values[i] = results[i].high;
  return values;
}

/// The same numbers with squares that are kept from call to call, for one exponent after another.
template <std::size_t count>
std::array<double, count> powers(const std::array<double, count>& bases, std::int64_t exponent,
                                 PowerSquares<count>& kept) noexcept {
  auto bits = static_cast<std::uint64_t>(exponent);
  const auto needed = static_cast<std::size_t>(64 - std::countl_zero(bits));
  if (needed == 0 || needed > PowerSquares<count>::most) return powers(bases, exponent);
  if (kept.known == 0 || kept.bases != bases) {
    kept.bases = bases;
    kept.known = 1;
    for (std::size_t i = 0; i < count; ++i) kept.squares[0][i] = {bases[i], 0};
  }
  for (; kept.known < needed; ++kept.known) {
    const auto& last = kept.squares[kept.known - 1];
    for (std::size_t i = 0; i < count; ++i) kept.squares[kept.known][i] = product_in_parts(last[i], last[i]);
  }
  const auto next = [&kept, &bits]() -> const std::array<TwoParts, count>& {
    const int lowest = std::countr_zero(bits);
    bits &= bits - 1;
    return kept.squares[static_cast<std::size_t>(lowest)];
  };
  std::array<TwoParts, count> results = next();  // times one
  while (bits != 0) {
    const auto& square = next();
    for (std::size_t i = 0; i < count; ++i) results[i] = product_in_parts(results[i], square[i]);
  }
  std::array<double, count> values;
  for (std::size_t i = 0; i < count; ++i) values[i] = results[i].high;
  return values;
}

/// base^exponent for base >= 0.
inline double power(double base, double exponent) noexcept {
  constexpr double most = 0x1p31;
  if (base <= 1 && exponent >= 0 && exponent < most && exponent == std::floor(exponent)) {
    return powers(std::array<double, 1>{base}, static_cast<std::int64_t>(exponent))[0];
  }
  return exp(rounded(exponent * log(base)));
}

}  // namespace detail

WICK_END_NAMESPACE
