#pragma once

// CRC-32 of gzip, zip and PNG.

#include <wick/checksum/detail/crc.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The state after `bytes`, by the fastest way that the processor has.
[[nodiscard]] std::uint32_t crc32_state(std::uint32_t state, std::span<const std::byte> bytes) noexcept;

}  // namespace detail

/// CRC-32 of `bytes`: reflected polynomial 0xEDB88320, initial value and final
/// xor 0xFFFFFFFF. `before` is the checksum of what precedes `bytes`.
/// Source: RFC 1952, section 8, https://www.rfc-editor.org/rfc/rfc1952
[[nodiscard]] constexpr std::uint32_t crc32(std::span<const std::byte> bytes,
                                            std::uint32_t before = 0) noexcept {
  if (std::is_constant_evaluated()) return ~detail::crc_by_table<detail::crc32_polynomial>(~before, bytes);
  return ~detail::crc32_state(~before, bytes);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checksum/crc32.ipp>
#endif
