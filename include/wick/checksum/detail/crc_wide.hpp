#pragma once

// Cyclic redundancy checks of long inputs on x86-64 processors that multiply without carry in 256 bits.

#include <wick/base/detail/compiled.hpp>
#include <wick/version.hpp>

#if defined(__x86_64__) && defined(__GNUC__)

#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Whether the processor has AVX2, VPCLMULQDQ and SSE 4.2, and the system saves their registers.
[[nodiscard]] inline bool has_crc_wide() noexcept {
#if defined(_WIN32) && !defined(__clang__)
  return false;  // GCC there keeps 32-byte registers at multiples of 16 only and faults (GCC bug 54412).
#else
  return static_cast<bool>(__builtin_cpu_supports("avx2")) &&
         static_cast<bool>(__builtin_cpu_supports("vpclmulqdq")) &&
         static_cast<bool>(__builtin_cpu_supports("sse4.2")) &&
         static_cast<bool>(__builtin_cpu_supports("pclmul"));
#endif
}

/// As crc_by_folding() with CRC-32's polynomial, on processors where has_crc_wide().
[[nodiscard]] std::uint32_t crc32_wide(std::uint32_t state, std::span<const std::byte> bytes) noexcept;

/// As crc32c_by_instructions(), on processors where has_crc_wide().
[[nodiscard]] std::uint32_t crc32c_wide(std::uint32_t state, std::span<const std::byte> bytes) noexcept;

}  // namespace detail

WICK_END_NAMESPACE

#endif

#ifndef WICK_COMPILED
#include <wick/checksum/detail/crc_wide.ipp>
#endif
