#pragma once

// Cyclic redundancy checks by the processor's own instructions: CRC-32C on x86-64, both on 64-bit Arm.

#include <wick/checksum/detail/crc.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#if defined(__x86_64__) && defined(__GNUC__)
#include <nmmintrin.h>
#include <wmmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::uint64_t load_8(const std::byte* p) noexcept {
  std::uint64_t x;
  std::memcpy(&x, p, sizeof x);
  return x;
}

#if defined(__x86_64__) && defined(__GNUC__)

[[nodiscard]] inline bool has_crc32c_instructions() noexcept {
  return static_cast<bool>(__builtin_cpu_supports("sse4.2")) &&
         static_cast<bool>(__builtin_cpu_supports("pclmul"));
}

/// Takes in 3 * `block` bytes at a time, as long as there are so many; `p` and `n` move on.
///
/// The instruction takes three cycles, but one can begin in each: three states run through three blocks side
/// by side. Then the first is moved forward by two blocks and the second by one. To move, multiply by x^(8 *
/// bytes): the product of two 32-bit registers has degree 62 and lacks one factor of x in a 64-bit register,
/// and the instruction multiplies what it reduces by x^32, so 33 powers less are left for the factor.
template <std::size_t block>
__attribute__((target("sse4.2,pclmul"))) inline void crc32c_three_blocks(std::uint64_t& state,
                                                                         const std::byte*& p,
                                                                         std::size_t& n) noexcept {
  constexpr auto one = static_cast<long long>(crc_power_of_x<crc32c_polynomial>(8 * block - 33));
  constexpr auto two = static_cast<long long>(crc_power_of_x<crc32c_polynomial>(16 * block - 33));
  const __m128i factors = _mm_set_epi64x(one, two);
  for (; n >= 3 * block; n -= 3 * block, p += 3 * block) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < block; i += 8) {
      state = _mm_crc32_u64(state, load_8(p + i));
      second = _mm_crc32_u64(second, load_8(p + block + i));
      third = _mm_crc32_u64(third, load_8(p + 2 * block + i));
    }
    const __m128i pair = _mm_set_epi64x(static_cast<long long>(second), static_cast<long long>(state));
    const __m128i moved =
        _mm_xor_si128(_mm_clmulepi64_si128(pair, factors, 0x00), _mm_clmulepi64_si128(pair, factors, 0x11));
    state = _mm_crc32_u64(0, static_cast<std::uint64_t>(_mm_cvtsi128_si64(moved))) ^ third;
  }
}

/// As crc_by_table() with CRC-32C's polynomial, on processors where has_crc32c_instructions().
[[nodiscard]] __attribute__((target("sse4.2,pclmul"))) inline std::uint32_t crc32c_by_instructions(
    std::uint32_t state, std::span<const std::byte> bytes) noexcept {
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size();
  std::uint64_t wide = state;
  crc32c_three_blocks<2048>(wide, p, n);
  crc32c_three_blocks<128>(wide, p, n);
  for (; n >= 8; n -= 8, p += 8) wide = _mm_crc32_u64(wide, load_8(p));
  state = static_cast<std::uint32_t>(wide);
  for (; n > 0; --n, ++p) state = _mm_crc32_u8(state, std::to_integer<unsigned char>(*p));
  return state;
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

/// As crc_by_table(), for both polynomials.
template <std::uint32_t polynomial>
[[nodiscard]] inline std::uint32_t crc_by_instructions(std::uint32_t state,
                                                       std::span<const std::byte> bytes) noexcept {
  static_assert(polynomial == crc32_polynomial || polynomial == crc32c_polynomial);
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size();
  for (; n >= 8; n -= 8, p += 8) {
    std::uint64_t x = load_8(p);
    if constexpr (std::endian::native == std::endian::big) x = __builtin_bswap64(x);
    state = polynomial == crc32_polynomial ? __crc32d(state, x) : __crc32cd(state, x);
  }
  for (; n > 0; --n, ++p) {
    const auto x = std::to_integer<std::uint8_t>(*p);
    state = polynomial == crc32_polynomial ? __crc32b(state, x) : __crc32cb(state, x);
  }
  return state;
}

#endif

}  // namespace detail

WICK_END_NAMESPACE
