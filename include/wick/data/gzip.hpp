#pragma once

// Decompression of gzip data (RFC 1952) in memory; deflate itself is stb's.

#include <wick/base/buffer.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/external/stb.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
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

namespace detail {

inline constexpr std::size_t gzip_trailer_size = 8;

[[noreturn]] inline void fail_gzip(std::string_view name, std::size_t offset, const std::string& what) {
  throw FormatError(std::string(name), offset, "gzip: " + what);
}

inline std::uint32_t little_u32(std::span<const std::byte> bytes, std::size_t at) noexcept {
  std::uint32_t x = 0;
  for (std::size_t i = 4; i-- > 0;) x = x << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return x;
}

/// Checks the header of a member and returns its size in bytes.
inline std::size_t gzip_header_size(std::span<const std::byte> bytes, std::string_view name) {
  enum : unsigned { header_crc = 2, extra = 4, file_name = 8, comment = 16, reserved = 0xE0 };
  const auto at = [&](std::size_t i) -> unsigned {
    if (i >= bytes.size()) fail_gzip(name, bytes.size(), "the file ends inside the header");
    return std::to_integer<unsigned>(bytes[i]);
  };
  if (at(0) != 0x1f || at(1) != 0x8b) fail_gzip(name, 0, "expected the magic number 1f 8b");
  if (at(2) != 8) {
    fail_gzip(name, 2, "expected compression method 8 (deflate), got " + std::to_string(at(2)));
  }
  const unsigned flags = at(3);
  if ((flags & reserved) != 0) {
    fail_gzip(name, 3, "reserved flags are set (flags are " + std::to_string(flags) + ")");
  }
  std::size_t size = 10;
  static_cast<void>(at(size - 1));
  if ((flags & extra) != 0) {
    const std::size_t length = at(size) | at(size + 1) << 8;
    size += 2 + length;
  }
  for (const unsigned text : {file_name, comment}) {
    if ((flags & text) == 0) continue;
    while (at(size) != 0) ++size;
    ++size;
  }
  if ((flags & header_crc) != 0) {
    const unsigned expected = at(size) | at(size + 1) << 8;
    const unsigned got = crc32(bytes.first(size)) & 0xFFFFU;
    if (got != expected) fail_gzip(name, size, "the checksum of the header does not fit the header");
    size += 2;
  }
  return size;
}

}  // namespace detail

/// The contents of a gzip file with a single member. `name` is the path for messages.
///
/// The size that the trailer claims is compared with the limit, see default_gunzip_limit(), and with the most
/// that deflate can make of the compressed bytes (1032 to 1), before memory is taken. Throws FormatError on
/// every fault: header, flags, compressed data, size, CRC-32, truncation, and bytes after the end.
[[nodiscard]] inline Buffer<std::byte> gunzip(std::span<const std::byte> bytes, std::string_view name,
                                              std::optional<std::uint64_t> contents_limit = {}) {
  using detail::fail_gzip;
  const std::uint64_t limit = contents_limit.value_or(default_gunzip_limit(bytes.size()));
  constexpr auto int_max = static_cast<std::uint64_t>((std::numeric_limits<int>::max)());
  const std::size_t begin = detail::gzip_header_size(bytes, name);
  if (bytes.size() < begin + 2 + detail::gzip_trailer_size) {
    fail_gzip(name, bytes.size(),
              "truncated: expected compressed data and a trailer of 8 bytes after the header");
  }
  const std::size_t end = bytes.size() - detail::gzip_trailer_size;
  const std::uint32_t expected_crc = detail::little_u32(bytes, end);
  const std::uint64_t size = detail::little_u32(bytes, end + 4);
  if (size > limit || size > int_max) {
    fail_gzip(name, end + 4,
              "the trailer claims " + std::to_string(size) + " bytes of contents, the limit is " +
                  std::to_string((std::min)(limit, int_max)) + (limit < int_max ? " (contents_limit)" : "") +
                  "; the file is truncated, damaged or too large");
  }
  const auto most = checked_mul(end - begin, 1032);
  if (!most || size > *most) {
    fail_gzip(name, end + 4,
              "the trailer claims " + std::to_string(size) + " bytes of contents, but " +
                  std::to_string(end - begin) +
                  " compressed bytes cannot hold so many; the file is truncated or damaged");
  }
  // Whole copies of the first member behind it would leave a trailer that fits.
  std::array<std::byte, detail::gzip_trailer_size + 3> next_member{};
  std::copy_n(bytes.data() + end, detail::gzip_trailer_size, next_member.begin());
  std::copy_n(bytes.data(), 3, next_member.begin() + detail::gzip_trailer_size);
  const auto second = std::search(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end(),
                                  next_member.begin(), next_member.end());
  if (second != bytes.end()) {
    fail_gzip(name, static_cast<std::size_t>(second - bytes.begin()) + detail::gzip_trailer_size,
              "more bytes follow the end of the first member; only one is supported");
  }
  // stb looks a few bytes ahead, so it is given the trailer as well.
  const std::uint64_t compressed = bytes.size() - begin;
  if (compressed > int_max) {
    fail_gzip(name, begin, std::to_string(compressed) + " compressed bytes exceed the limit of 2 GiB");
  }
  Buffer<std::byte> contents(static_cast<Index>(size));
  std::fill_n(contents.data(), size, std::byte{});
  char none = 0;
  char* out = size == 0 ? &none : reinterpret_cast<char*>(contents.data());
  const int got = stbi_zlib_decode_noheader_buffer(out, static_cast<int>(size),
                                                   reinterpret_cast<const char*>(bytes.data() + begin),
                                                   static_cast<int>(compressed));
  if (got < 0) fail_gzip(name, begin, "the compressed data is damaged or longer than the trailer says");
  if (static_cast<std::uint64_t>(got) != size) {
    fail_gzip(name, end + 4,
              "expected " + std::to_string(size) + " bytes of contents as the trailer says, got " +
                  std::to_string(got));
  }
  const std::uint32_t crc = crc32({contents.data(), static_cast<std::size_t>(size)});
  if (crc != expected_crc) {
    fail_gzip(name, end, "the checksum (CRC-32) of the contents does not fit: the file is damaged");
  }
  return contents;
}

WICK_END_NAMESPACE
