#pragma once

// Decompression of gzip data (RFC 1952) in memory; deflate itself is stb's.

#include <wick/base/buffer.hpp>
#include <wick/base/error.hpp>
#include <wick/data/detail/gzip_member.hpp>
#include <wick/external/stb.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

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

/// The contents of a gzip file with a single member. `name` is the path for messages.
///
/// The size that the trailer claims is compared with the limit, see default_gunzip_limit(), and with the most
/// that deflate can make of the compressed bytes (1032 to 1), before memory is taken. Throws FormatError on
/// every fault: header, flags, compressed data, size, CRC-32, truncation, and bytes after the end.
[[nodiscard]] inline Buffer<std::byte> gunzip(std::span<const std::byte> bytes, std::string_view name,
                                              std::optional<std::uint64_t> contents_limit = {}) {
  return detail::gunzip_by(stbi_zlib_decode_noheader_buffer, bytes, name,
                           contents_limit.value_or(default_gunzip_limit(bytes.size())));
}

WICK_END_NAMESPACE
