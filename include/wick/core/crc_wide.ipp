#pragma once

// Definitions of core/crc_wide.hpp.

#include <wick/core/crc_wide.hpp>

#if defined(__x86_64__) && defined(__GNUC__)

#include <wick/core/compiled.hpp>
#include <wick/core/crc.hpp>
#include <wick/core/crc_fold.hpp>
#include <wick/core/crc_instructions.hpp>

#if defined(__GNUC__) && !defined(__clang__)  // as around Eigen in types.hpp: the first to include it counts
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// fold_factors(), twice.
template <std::uint32_t polynomial, std::uint64_t distance>
[[nodiscard]] __attribute__((target("avx2"))) inline __m256i wide_fold_factors() noexcept {
  return _mm256_broadcastsi128_si256(fold_factors<polynomial, distance>());
}

/// fold() in both halves, onto the 32 bytes at `p`.
[[nodiscard]] __attribute__((target("avx2,vpclmulqdq"))) inline __m256i wide_fold(
    __m256i x, __m256i factors, const std::byte* p) noexcept {
  const __m256i next = _mm256_loadu_si256(static_cast<const __m256i*>(static_cast<const void*>(p)));
  const __m256i low = _mm256_clmulepi64_epi128(x, factors, 0x00);
  const __m256i high = _mm256_clmulepi64_epi128(x, factors, 0x11);
  return _mm256_xor_si256(_mm256_xor_si256(low, high), next);
}

/// Four registers of 32 bytes, folded by 128 bytes at a time.
struct WideFold {
  __m256i a, b, c, d;
};

__attribute__((target("avx2,vpclmulqdq"), always_inline)) inline void fold_128_bytes(
    WideFold& f, __m256i by_1024, const std::byte* p) noexcept {
  f.a = wide_fold(f.a, by_1024, p);
  f.b = wide_fold(f.b, by_1024, p + 32);
  f.c = wide_fold(f.c, by_1024, p + 64);
  f.d = wide_fold(f.d, by_1024, p + 96);
}

/// What has the same remainder as the eight halves of `f`, one behind the other.
template <std::uint32_t polynomial>
[[nodiscard]] __attribute__((target("avx2,pclmul"))) inline __m128i join(const WideFold& f) noexcept {
  const __m128i by_128 = fold_factors<polynomial, 128>();
  __m128i x = _mm256_castsi256_si128(f.a);
  x = fold(x, by_128, _mm256_extracti128_si256(f.a, 1));
  x = fold(x, by_128, _mm256_castsi256_si128(f.b));
  x = fold(x, by_128, _mm256_extracti128_si256(f.b, 1));
  x = fold(x, by_128, _mm256_castsi256_si128(f.c));
  x = fold(x, by_128, _mm256_extracti128_si256(f.c, 1));
  x = fold(x, by_128, _mm256_castsi256_si128(f.d));
  return fold(x, by_128, _mm256_extracti128_si256(f.d, 1));
}

WICK_INLINE __attribute__((target("avx2,vpclmulqdq"))) std::uint32_t crc32_wide(
    std::uint32_t state, std::span<const std::byte> bytes) noexcept {
  constexpr std::uint32_t polynomial = crc32_polynomial;
  if (bytes.size() < 256) return crc_by_folding<polynomial>(state, bytes);
  const __m256i by_1024 = wide_fold_factors<polynomial, 1024>();
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size() - 128;
  const auto load = [&p](std::size_t i) __attribute__((target("avx2"))) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(static_cast<const void*>(p + i)));
  };
  const __m256i first = _mm256_zextsi128_si256(_mm_cvtsi32_si128(static_cast<int>(state)));
  WideFold f{_mm256_xor_si256(load(0), first), load(32), load(64), load(96)};
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
  const __m256i by_1024 = wide_fold_factors<polynomial, 1024>();
  for (; n >= 8 * block; n -= 8 * block, p += 8 * block) {
    std::uint64_t first = state;
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    std::uint64_t fourth = 0;
    // The first fold moves nothing onto the first bytes.
    WideFold f{_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
               _mm256_setzero_si256()};
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

}  // namespace wick::inline WICK_ABI_NAMESPACE

#endif
