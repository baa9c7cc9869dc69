#pragma once

// What a gzip file looks like, and how large what is in it may be.

#include <wick/version.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

/// Largest output of gunzip() for `compressed` bytes unless the caller sets another: 16 times as many, but at
/// least 16 MiB and at most 1 GiB. Files of pictures become two to five times as large; deflate can make a
/// thousand times as much of nothing.
[[nodiscard]] constexpr std::uint64_t default_gunzip_limit(std::uint64_t compressed) noexcept {
  constexpr std::uint64_t least = std::uint64_t{16} << 20;
  constexpr std::uint64_t most = std::uint64_t{1} << 30;
  return compressed > most / 16 ? most : (std::max)(least, 16 * compressed);
}

/// True when `bytes` begin with gzip's magic number, 1f 8b.
[[nodiscard]] inline bool is_gzip(std::span<const std::byte> bytes) noexcept {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

WICK_END_NAMESPACE
