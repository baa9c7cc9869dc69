#pragma once

// Checkpoint files put together byte by byte, without wick: with true checksums, and with any
// number in them that a test wants to lie about.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wick_tests {

using Bytes = std::vector<std::byte>;

/// CRC-32C bit by bit, from its definition.
[[nodiscard]] inline std::uint32_t bitwise_crc32c(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0x82F63B78U : crc >> 1;
  }
  return crc ^ 0xFFFFFFFFU;
}

/// Little-endian numbers and texts, one after the other.
struct Out {
  Bytes bytes;

  Out& raw(std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
    return *this;
  }
  Out& chars(std::string_view text) { return raw(std::as_bytes(std::span(text))); }
  Out& number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i, value >>= 8) bytes.push_back(static_cast<std::byte>(value & 0xFFU));
    return *this;
  }
  Out& u8(std::uint64_t value) { return number(value, 1); }
  Out& u32(std::uint64_t value) { return number(value, 4); }
  Out& u64(std::uint64_t value) { return number(value, 8); }
  Out& f64(double value) { return u64(std::bit_cast<std::uint64_t>(value)); }
  Out& text(std::string_view value) { return u32(value.size()).chars(value); }
  Out& align(std::size_t alignment) {
    while (bytes.size() % alignment != 0) u8(0);
    return *this;
  }
  /// A section with its tag, flags, length and padding; `length` may lie.
  Out& section(std::string_view tag, std::uint32_t flags, const Out& body,
               std::optional<std::uint64_t> length = {}) {
    return chars(tag).u32(flags).u64(length.value_or(body.bytes.size())).raw(body.bytes).align(8);
  }
};

/// An entry of a TENS section; every field may lie.
struct Entry {
  std::string name = "w";
  unsigned dtype = 2;
  std::vector<std::uint64_t> dims = {2};
  std::uint64_t offset = 0;
  std::uint64_t length = 8;
  std::uint32_t crc = 0;
  std::optional<unsigned> rank = {};
};

[[nodiscard]] inline Out tensors(std::string_view group, const std::vector<Entry>& entries,
                                 std::optional<std::uint64_t> count = {}) {
  Out out;
  out.text(group).u64(count.value_or(entries.size()));
  for (const Entry& e : entries) {
    out.text(e.name).u8(e.dtype).u8(e.rank.value_or(static_cast<unsigned>(e.dims.size())));
    for (const std::uint64_t d : e.dims) out.u64(d);
    out.u64(e.offset).u64(e.length).u32(e.crc);
  }
  return out;
}

/// The fields of the preamble that may lie.
struct Lies {
  std::uint32_t version = 1;
  std::uint32_t minimum_reader = 1;
  std::optional<std::uint64_t> header_length = {};
  std::optional<std::uint64_t> payload_offset = {};
  std::optional<std::uint64_t> payload_length = {};
  unsigned reserved = 0;  ///< its first byte
  unsigned padding = 0;   ///< first byte between header and payload, if there is one
};

/// A whole file. Both checksums of the preamble are right.
[[nodiscard]] inline Bytes checkpoint(const Out& header, const Bytes& payload = {}, const Lies& lies = {}) {
  const std::size_t payload_offset = (64 + header.bytes.size() + 63) / 64 * 64;
  Out out;
  out.chars(std::string_view("\x89WICK\r\n\x1a", 8)).u32(lies.version).u32(lies.minimum_reader);
  out.u64(lies.header_length.value_or(header.bytes.size()));
  out.u64(lies.payload_offset.value_or(payload_offset));
  out.u64(lies.payload_length.value_or(payload.size()));
  out.u32(bitwise_crc32c(header.bytes)).u8(lies.reserved);
  while (out.bytes.size() < 60) out.u8(0);
  out.u32(bitwise_crc32c(out.bytes)).raw(header.bytes);
  const std::size_t end = out.bytes.size();
  out.bytes.resize(payload_offset);
  if (end < payload_offset) out.bytes[end] = static_cast<std::byte>(lies.padding);
  return out.raw(payload).bytes;
}

}  // namespace wick_tests
