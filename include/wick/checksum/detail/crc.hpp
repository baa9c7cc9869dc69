#pragma once

// Cyclic redundancy checks of 32 bits: what CRC-32 and CRC-32C have in common.

#include <wick/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

// Numbers are reflected polynomials over GF(2): bit i of a 32-bit number is the coefficient of x^(31 - i). P
// names the polynomial x^32 + ..., without its first term. A *state* is the remainder of x^32 times the bytes
// so far, with all bits of the initial state exclusive-or'd into the first 32 bits; checksums are states with
// all bits flipped.

inline constexpr std::uint32_t crc32_polynomial = 0xEDB88320;   ///< of gzip, zip and PNG
inline constexpr std::uint32_t crc32c_polynomial = 0x82F63B78;  ///< Castagnoli's

/// crc_tables<P>[k][b]: the state after byte b and k zero bytes, so that eight bytes are taken in at once.
template <std::uint32_t polynomial>
inline constexpr auto crc_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t c = b;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1U) != 0 ? polynomial : 0U);
    tables[0][b] = c;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t b = 0; b < 256; ++b) {
      const std::uint32_t c = tables[k - 1][b];
      tables[k][b] = (c >> 8) ^ tables[0][c & 0xFFU];
    }
  }
  return tables;
}();

/// The state after `bytes`, on every machine and in constant expressions.
template <std::uint32_t polynomial>
[[nodiscard]] constexpr std::uint32_t crc_by_table(std::uint32_t state,
                                                   std::span<const std::byte> bytes) noexcept {
  const auto& t = crc_tables<polynomial>;
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size();
  for (; n >= 8; n -= 8, p += 8) {
    const auto at = [p](std::size_t i) { return std::to_integer<std::uint32_t>(p[i]); };
    const std::uint32_t low = state ^ (at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24);
    state = t[7][low & 0xFFU] ^ t[6][(low >> 8) & 0xFFU] ^ t[5][(low >> 16) & 0xFFU] ^ t[4][low >> 24] ^
            t[3][at(4)] ^ t[2][at(5)] ^ t[1][at(6)] ^ t[0][at(7)];
  }
  for (; n > 0; --n, ++p) state = (state >> 8) ^ t[0][(state ^ std::to_integer<std::uint32_t>(*p)) & 0xFFU];
  return state;
}

/// a * b mod P.
template <std::uint32_t polynomial>
[[nodiscard]] constexpr std::uint32_t crc_multiply(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint32_t product = 0;
  for (; a != 0; a <<= 1) {
    if ((a & 0x80000000U) != 0) product ^= b;
    b = (b >> 1) ^ ((b & 1U) != 0 ? polynomial : 0U);  // b * x
  }
  return product;
}

/// x^n mod P.
template <std::uint32_t polynomial>
[[nodiscard]] constexpr std::uint32_t crc_power_of_x(std::uint64_t n) noexcept {
  std::uint32_t result = 0x80000000U;  // 1
  std::uint32_t square = 0x40000000U;  // x
  for (; n != 0; n >>= 1) {
    if ((n & 1U) != 0) result = crc_multiply<polynomial>(result, square);
    square = crc_multiply<polynomial>(square, square);
  }
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
