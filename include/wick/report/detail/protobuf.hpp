#pragma once

// Messages of protocol buffers as they are written. Source: https://protobuf.dev/programming-guides/encoding/

#include <wick/version.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A message that fields are appended to, in the order of their numbers. Numbers that are 0 are not written:
/// that is what a reader takes for one that is not there.
class ProtobufMessage {
 public:
  [[nodiscard]] std::span<const std::byte> bytes() const& noexcept { return bytes_; }
  void bytes() const&& = delete;

  void whole_number(std::uint32_t field, std::int64_t value) {
    if (value == 0) return;
    tag(field, varint_type);
    varint(static_cast<std::uint64_t>(value));
  }
  /// Written even where it is 0.
  void single(std::uint32_t field, float value) {
    tag(field, fixed32_type);
    little_endian(std::bit_cast<std::uint32_t>(value));
  }
  void number(std::uint32_t field, double value) {
    if (std::bit_cast<std::uint64_t>(value) == 0) return;
    tag(field, fixed64_type);
    little_endian(std::bit_cast<std::uint64_t>(value));
  }
  void text(std::uint32_t field, std::string_view value) { block(field, std::as_bytes(std::span(value))); }
  void message(std::uint32_t field, const ProtobufMessage& value) { block(field, value.bytes()); }
  void block(std::uint32_t field, std::span<const std::byte> value) {
    tag(field, length_type);
    varint(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  /// All of a repeated field.
  void numbers(std::uint32_t field, const std::vector<double>& values) {
    tag(field, length_type);
    varint(values.size() * sizeof(double));
    for (const double value : values) little_endian(std::bit_cast<std::uint64_t>(value));
  }

 private:
  static constexpr std::uint32_t varint_type = 0;
  static constexpr std::uint32_t fixed64_type = 1;
  static constexpr std::uint32_t length_type = 2;
  static constexpr std::uint32_t fixed32_type = 5;

  void tag(std::uint32_t field, std::uint32_t type) { varint(field << 3U | type); }
  void varint(std::uint64_t value) {
    constexpr std::uint64_t more = 0x80;
    while (value >= more) {
      bytes_.push_back(static_cast<std::byte>((value & (more - 1)) | more));
      value >>= 7U;
    }
    bytes_.push_back(static_cast<std::byte>(value));
  }
  template <class Unsigned>
  void little_endian(Unsigned value) {
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
      bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFU));
    }
  }

  std::vector<std::byte> bytes_;
};

}  // namespace detail

WICK_END_NAMESPACE
