#pragma once

// CRC-32 of gzip, zip and PNG.

#include <wick/checksum/detail/crc.hpp>
#include <wick/checksum/detail/crc_fold.hpp>
#include <wick/checksum/detail/crc_instructions.hpp>
#include <wick/checksum/detail/crc_wide.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The state after `bytes`, by the fastest way that the processor has.
[[nodiscard]] inline std::uint32_t crc32_state(std::uint32_t state,
                                               std::span<const std::byte> bytes) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  if (has_crc_wide()) return crc32_wide(state, bytes);
  if (has_crc_by_folding()) return crc_by_folding<crc32_polynomial>(state, bytes);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
  return crc_by_instructions<crc32_polynomial>(state, bytes);
#endif
  return crc_by_table<crc32_polynomial>(state, bytes);
}

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
