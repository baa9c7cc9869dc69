#pragma once

// Decompression of gzip data (RFC 1952) in memory; deflate itself is stb's.

#include <wick/base/buffer.hpp>
#include <wick/base/error.hpp>
#include <wick/data/detail/gzip_member.hpp>
#include <wick/data/gzip_limit.hpp>
#include <wick/external/stb.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

WICK_BEGIN_NAMESPACE

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
