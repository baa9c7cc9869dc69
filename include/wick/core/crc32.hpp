#pragma once

// CRC-32 of gzip, zip and PNG.

#include <wick/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

// tables[k][b]: the checksum of byte b followed by k zero bytes, so that eight
// bytes are folded in at once.
inline constexpr auto crc32_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t c = b;
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1U) != 0 ? 0xEDB88320U : 0U);
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

}  // namespace detail

/// CRC-32 of `bytes`: reflected polynomial 0xEDB88320, initial value and final
/// xor 0xFFFFFFFF. `before` is the checksum of what precedes `bytes`.
/// Source: RFC 1952, section 8, https://www.rfc-editor.org/rfc/rfc1952
[[nodiscard]] constexpr std::uint32_t crc32(std::span<const std::byte> bytes,
                                            std::uint32_t before = 0) noexcept {
  const auto& t = detail::crc32_tables;
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::uint32_t c = ~before;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    const std::uint32_t low = c ^ (at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24);
    c = t[7][low & 0xFFU] ^ t[6][(low >> 8) & 0xFFU] ^ t[5][(low >> 16) & 0xFFU] ^ t[4][low >> 24] ^
        t[3][at(i + 4)] ^ t[2][at(i + 5)] ^ t[1][at(i + 6)] ^ t[0][at(i + 7)];
  }
  for (; i < bytes.size(); ++i) c = (c >> 8) ^ t[0][(c ^ at(i)) & 0xFFU];
  return ~c;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
