#pragma once

// Definitions of data/detail/gzip_member.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/data/detail/gzip_member.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

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

WICK_INLINE Buffer<std::byte> gunzip_by(Inflate inflate, std::span<const std::byte> bytes,
                                        std::string_view name, std::uint64_t limit) {
  constexpr auto int_max = static_cast<std::uint64_t>((std::numeric_limits<int>::max)());
  const std::size_t begin = gzip_header_size(bytes, name);
  if (bytes.size() < begin + 2 + gzip_trailer_size) {
    fail_gzip(name, bytes.size(),
              "truncated: expected compressed data and a trailer of 8 bytes after the header");
  }
  const std::size_t end = bytes.size() - gzip_trailer_size;
  const std::uint32_t expected_crc = little_u32(bytes, end);
  const std::uint64_t size = little_u32(bytes, end + 4);
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
  std::array<std::byte, gzip_trailer_size + 3> next_member{};
  std::copy_n(bytes.data() + end, gzip_trailer_size, next_member.begin());
  std::copy_n(bytes.data(), 3, next_member.begin() + gzip_trailer_size);
  const auto second = std::search(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end(),
                                  next_member.begin(), next_member.end());
  if (second != bytes.end()) {
    fail_gzip(name, static_cast<std::size_t>(second - bytes.begin()) + gzip_trailer_size,
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
  const int got = inflate(out, static_cast<int>(size), reinterpret_cast<const char*>(bytes.data() + begin),
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

}  // namespace detail

WICK_END_NAMESPACE
