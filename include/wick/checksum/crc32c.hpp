#pragma once

// CRC-32C (Castagnoli), the checksum of checkpoint headers and blobs.

#include <wick/checksum/detail/crc.hpp>
#include <wick/checksum/detail/crc_instructions.hpp>
#include <wick/checksum/detail/crc_wide.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The state after `bytes`, by the fastest way that the processor has.
[[nodiscard]] inline std::uint32_t crc32c_state(std::uint32_t state,
                                                std::span<const std::byte> bytes) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  if (has_crc_wide()) return crc32c_wide(state, bytes);
  if (has_crc32c_instructions()) return crc32c_by_instructions(state, bytes);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
  return crc_by_instructions<crc32c_polynomial>(state, bytes);
#endif
  return crc_by_table<crc32c_polynomial>(state, bytes);
}

}  // namespace detail

/// CRC-32C of `bytes`: reflected polynomial 0x82F63B78, initial value and final
/// exclusive-or 0xFFFFFFFF (RFC 3720, appendix B.4). `previous` continues the CRC of
/// the bytes before.
[[nodiscard]] inline std::uint32_t crc32c(std::span<const std::byte> bytes,
                                          std::uint32_t previous = 0) noexcept {
  return ~detail::crc32c_state(~previous, bytes);
}

WICK_END_NAMESPACE
