#pragma once

// CRC-32C (Castagnoli), the checksum of checkpoint headers and blobs.

#include <wick/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// tables[k][b]: the CRC of byte b followed by k zero bytes.
inline constexpr auto crc32c_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    tables[0][b] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t b = 0; b < 256; ++b) {
      const std::uint32_t crc = tables[k - 1][b];
      tables[k][b] = (crc >> 8) ^ tables[0][crc & 0xFFU];
    }
  }
  return tables;
}();

}  // namespace detail

/// CRC-32C of `bytes`: reflected polynomial 0x82F63B78, initial value and final
/// exclusive-or 0xFFFFFFFF (RFC 3720, appendix B.4). `previous` continues the CRC of
/// the bytes before.
[[nodiscard]] inline std::uint32_t crc32c(std::span<const std::byte> bytes,
                                          std::uint32_t previous = 0) noexcept {
  const auto& t = detail::crc32c_tables;
  std::uint32_t crc = ~previous;
  const std::byte* p = bytes.data();
  std::size_t n = bytes.size();
  const auto at = [&p](std::size_t i) { return std::to_integer<std::uint32_t>(p[i]); };
  for (; n >= 8; n -= 8, p += 8) {
    const std::uint32_t low = crc ^ (at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24);
    crc = t[7][low & 0xFFU] ^ t[6][(low >> 8) & 0xFFU] ^ t[5][(low >> 16) & 0xFFU] ^ t[4][low >> 24] ^
          t[3][at(4)] ^ t[2][at(5)] ^ t[1][at(6)] ^ t[0][at(7)];
  }
  for (; n > 0; --n, ++p) crc = (crc >> 8) ^ t[0][(crc ^ at(0)) & 0xFFU];
  return ~crc;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
