#pragma once

// Definitions of checksum/crc32c.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/checksum/detail/crc.hpp>
#include <wick/checksum/detail/crc_instructions.hpp>
#include <wick/checksum/detail/crc_wide.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::uint32_t crc32c_state(std::uint32_t state, std::span<const std::byte> bytes) noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  if (has_crc_wide()) return crc32c_wide(state, bytes);
  if (has_crc32c_instructions()) return crc32c_by_instructions(state, bytes);
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
  return crc_by_instructions<crc32c_polynomial>(state, bytes);
#endif
  return crc_by_table<crc32c_polynomial>(state, bytes);
}

}  // namespace detail

WICK_END_NAMESPACE
