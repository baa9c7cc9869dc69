#pragma once

// Cyclic redundancy checks by carry-less multiplication, on x86-64.

#include <wick/checksum/detail/crc.hpp>

#if defined(__x86_64__) && defined(__GNUC__)

#include <emmintrin.h>
#include <wmmintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline bool has_crc_by_folding() noexcept {
  return static_cast<bool>(__builtin_cpu_supports("pclmul"));
}

/// The two factors that fold() needs to move 128 bits forward by `distance` bits.
///
/// A register of 64 bits holds a polynomial of degree 63: bit i is the coefficient of x^(63 - i). The product
/// of two of them has degree 126, but its bit i stands for x^(127 - i) in a register of 128 bits: x too much,
/// which the factors make up for. The low half of 128 bits comes first, so it has another 64 bits to go.
template <std::uint32_t polynomial, std::uint64_t distance>
[[nodiscard]] inline __m128i fold_factors() noexcept {
  constexpr auto low =
      std::bit_cast<long long>(std::uint64_t{crc_power_of_x<polynomial>(distance + 64 - 1)} << 32);
  constexpr auto high =
      std::bit_cast<long long>(std::uint64_t{crc_power_of_x<polynomial>(distance - 1)} << 32);
  return _mm_set_epi64x(high, low);
}

/// `next` + `x` * x^distance, up to a multiple of P.
[[nodiscard]] __attribute__((target("pclmul"))) inline __m128i fold(__m128i x, __m128i factors,
                                                                    __m128i next) noexcept {
  const __m128i low = _mm_clmulepi64_si128(x, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(x, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

[[nodiscard]] inline __m128i load_sixteen_bytes(const std::byte* p) noexcept {
  return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(p)));
}

/// As crc_by_table(), on processors where has_crc_by_folding().
///
/// Bytes far ahead of the end are replaced by a multiple of theirs near it that has the same remainder: four
/// registers of 16 bytes walk through the bytes side by side, then become one. The table does the rest.
/// Source: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel
/// 2009.
template <std::uint32_t polynomial>
[[nodiscard]] __attribute__((target("pclmul"))) inline std::uint32_t crc_by_folding(
    std::uint32_t state, std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < 64) return crc_by_table<polynomial>(state, bytes);
  const __m128i by_512 = fold_factors<polynomial, 512>();
  const __m128i by_128 = fold_factors<polynomial, 128>();
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size() - 64;
  __m128i a = _mm_xor_si128(load_sixteen_bytes(p), _mm_cvtsi32_si128(static_cast<int>(state)));
  __m128i b = load_sixteen_bytes(p + 16);
  __m128i c = load_sixteen_bytes(p + 32);
  __m128i d = load_sixteen_bytes(p + 48);
  for (p += 64; n >= 64; n -= 64, p += 64) {
    a = fold(a, by_512, load_sixteen_bytes(p));
    b = fold(b, by_512, load_sixteen_bytes(p + 16));
    c = fold(c, by_512, load_sixteen_bytes(p + 32));
    d = fold(d, by_512, load_sixteen_bytes(p + 48));
  }
  d = fold(fold(fold(a, by_128, b), by_128, c), by_128, d);
  for (; n >= 16; n -= 16, p += 16) d = fold(d, by_128, load_sixteen_bytes(p));
  std::array<std::byte, 16> last;
  _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(last.data())), d);
  return crc_by_table<polynomial>(crc_by_table<polynomial>(0, last), {p, n});
}

}  // namespace detail

WICK_END_NAMESPACE

#endif
