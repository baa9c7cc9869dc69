#pragma once

// CRC-32C (Castagnoli), the checksum of checkpoint headers and blobs.

#include <wick/version.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The state after `bytes`, by the fastest way that the processor has.
[[nodiscard]] std::uint32_t crc32c_state(std::uint32_t state, std::span<const std::byte> bytes) noexcept;

}  // namespace detail

/// CRC-32C of `bytes`: reflected polynomial 0x82F63B78, initial value and final
/// exclusive-or 0xFFFFFFFF (RFC 3720, appendix B.4). `previous` continues the CRC of
/// the bytes before.
[[nodiscard]] inline std::uint32_t crc32c(std::span<const std::byte> bytes,
                                          std::uint32_t previous = 0) noexcept {
  return ~detail::crc32c_state(~previous, bytes);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checksum/crc32c.ipp>
#endif
