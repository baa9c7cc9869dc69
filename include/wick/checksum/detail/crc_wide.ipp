#pragma once

// Definitions of checksum/detail/crc_wide.hpp.

#include <wick/checksum/detail/crc_wide.hpp>

#if defined(__x86_64__) && defined(__GNUC__)

#include <wick/base/detail/compiled.hpp>
#include <wick/checksum/detail/crc.hpp>
#include <wick/checksum/detail/crc_fold.hpp>
#include <wick/checksum/detail/crc_instructions.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

// Not <immintrin.h>: it takes as long to compile as half of Eigen, for the two functions that are used here.
typedef long long Wide __attribute__((vector_size(32)));  // NOLINT(modernize-use-using): attributes

/// The 32 bytes at p.
[[nodiscard]] __attribute__((target("avx2"), always_inline)) inline Wide load_32(
    const std::byte* p) noexcept {
  typedef long long Loose  // NOLINT(modernize-use-using): as above
      __attribute__((vector_size(32), aligned(1), may_alias));
  return *static_cast<const Loose*>(static_cast<const void*>(p));
}

/// Carry-less products of the lower numbers, or of the upper ones, in both halves.
template <bool upper>
[[nodiscard]] __attribute__((target("avx2,vpclmulqdq"), always_inline)) inline Wide wide_products(
    Wide x, Wide y) noexcept {
#if defined(__clang__)
  return __builtin_ia32_pclmulqdq256(x, y, upper ? 0x11 : 0x00);
#else
  return __builtin_ia32_vpclmulqdq_v4di(x, y, upper ? 0x11 : 0x00);
#endif
}

/// fold_factors(), twice.
template <std::uint32_t polynomial, std::uint64_t distance>
[[nodiscard]] __attribute__((target("avx2"))) inline Wide wide_fold_factors() noexcept {
  const __m128i factors = fold_factors<polynomial, distance>();
  return Wide{factors[0], factors[1], factors[0], factors[1]};
}

/// fold() in both halves, onto the 32 bytes at `p`.
[[nodiscard]] __attribute__((target("avx2,vpclmulqdq"))) inline Wide wide_fold(Wide x, Wide factors,
                                                                               const std::byte* p) noexcept {
  return wide_products<false>(x, factors) ^ wide_products<true>(x, factors) ^ load_32(p);
}

/// Four registers of 32 bytes, folded by 128 bytes at a time.
struct WideFold {
  Wide a, b, c, d;
};

[[nodiscard]] __attribute__((target("avx2"), always_inline)) inline __m128i lower_half(
    const Wide& x) noexcept {
  return __builtin_shufflevector(x, x, 0, 1);
}
[[nodiscard]] __attribute__((target("avx2"), always_inline)) inline __m128i upper_half(
    const Wide& x) noexcept {
  return __builtin_shufflevector(x, x, 2, 3);
}

__attribute__((target("avx2,vpclmulqdq"), always_inline)) inline void fold_128_bytes(
    WideFold& f, Wide by_1024, const std::byte* p) noexcept {
  f.a = wide_fold(f.a, by_1024, p);
  f.b = wide_fold(f.b, by_1024, p + 32);
  f.c = wide_fold(f.c, by_1024, p + 64);
  f.d = wide_fold(f.d, by_1024, p + 96);
}

/// What has the same remainder as the eight halves of `f`, one behind the other.
template <std::uint32_t polynomial>
[[nodiscard]] __attribute__((target("avx2,pclmul"))) inline __m128i join(const WideFold& f) noexcept {
  const __m128i by_128 = fold_factors<polynomial, 128>();
  __m128i x = lower_half(f.a);
  x = fold(x, by_128, upper_half(f.a));
  x = fold(x, by_128, lower_half(f.b));
  x = fold(x, by_128, upper_half(f.b));
  x = fold(x, by_128, lower_half(f.c));
  x = fold(x, by_128, upper_half(f.c));
  x = fold(x, by_128, lower_half(f.d));
  return fold(x, by_128, upper_half(f.d));
}

WICK_INLINE __attribute__((target("avx2,vpclmulqdq"))) std::uint32_t crc32_wide(
    std::uint32_t state, std::span<const std::byte> bytes) noexcept {
  constexpr std::uint32_t polynomial = crc32_polynomial;
  if (bytes.size() < 256) return crc_by_folding<polynomial>(state, bytes);
  const Wide by_1024 = wide_fold_factors<polynomial, 1024>();
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size() - 128;
  const Wide first{static_cast<long long>(state), 0, 0, 0};
  WideFold f{load_32(p) ^ first, load_32(p + 32), load_32(p + 64), load_32(p + 96)};
  for (p += 128; n >= 128; n -= 128, p += 128) fold_128_bytes(f, by_1024, p);
  std::array<std::byte, 16> last;
  _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(last.data())), join<polynomial>(f));
  return crc_by_folding<polynomial>(crc_by_table<polynomial>(0, last), {p, n});
}

/// Takes in 8 * `block` bytes at a time, as long as there are so many; `p` and `n` move on.
///
/// The instruction for CRC-32C and the multiplication run in different parts of the processor, each at about
/// eight bytes a cycle. So the first half is read by the instruction, in four blocks side by side as in
/// crc32c_three_blocks(), and the second is folded at the same time.
template <std::size_t block>
__attribute__((target("avx2,vpclmulqdq,sse4.2,pclmul"))) inline void crc32c_by_both(std::uint64_t& state,
                                                                                    const std::byte*& p,
                                                                                    std::size_t& n) noexcept {
  static_assert(block % 32 == 0);
  constexpr std::uint32_t polynomial = crc32c_polynomial;
  constexpr auto by = [](std::uint64_t blocks) {
    return static_cast<long long>(crc_power_of_x<polynomial>(8 * block * blocks - 33));
  };
  constexpr std::array<long long, 4> factors{by(7), by(6), by(5), by(4)};
  const __m128i outer = _mm_set_epi64x(factors[1], factors[0]);
  const __m128i inner = _mm_set_epi64x(factors[3], factors[2]);
  const Wide by_1024 = wide_fold_factors<polynomial, 1024>();
  for (; n >= 8 * block; n -= 8 * block, p += 8 * block) {
    std::uint64_t first = state;
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    std::uint64_t fourth = 0;
    // The first fold moves nothing onto the first bytes.
    WideFold f{};
    for (std::size_t i = 0; i < block; i += 32) {
      for (std::size_t k = i; k < i + 32; k += 8) {
        first = _mm_crc32_u64(first, load_8(p + k));
        second = _mm_crc32_u64(second, load_8(p + block + k));
        third = _mm_crc32_u64(third, load_8(p + 2 * block + k));
        fourth = _mm_crc32_u64(fourth, load_8(p + 3 * block + k));
      }
      fold_128_bytes(f, by_1024, p + 4 * block + 4 * i);
    }
    const __m128i pair = _mm_set_epi64x(static_cast<long long>(second), static_cast<long long>(first));
    const __m128i other = _mm_set_epi64x(static_cast<long long>(fourth), static_cast<long long>(third));
    const __m128i moved = _mm_xor_si128(
        _mm_xor_si128(_mm_clmulepi64_si128(pair, outer, 0x00), _mm_clmulepi64_si128(pair, outer, 0x11)),
        _mm_xor_si128(_mm_clmulepi64_si128(other, inner, 0x00), _mm_clmulepi64_si128(other, inner, 0x11)));
    const __m128i folded = join<polynomial>(f);
    state = _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(moved))) ^
            _mm_crc32_u64(_mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(folded))),
                          static_cast<std::uint64_t>(_mm_extract_epi64(folded, 1)));
  }
}

WICK_INLINE __attribute__((target("avx2,vpclmulqdq,sse4.2,pclmul"))) std::uint32_t crc32c_wide(
    std::uint32_t state, std::span<const std::byte> bytes) noexcept {
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size();
  std::uint64_t wide = state;
  crc32c_by_both<1024>(wide, p, n);
  crc32c_by_both<128>(wide, p, n);
  return crc32c_by_instructions(static_cast<std::uint32_t>(wide), {p, n});
}

}  // namespace detail

WICK_END_NAMESPACE

#endif
