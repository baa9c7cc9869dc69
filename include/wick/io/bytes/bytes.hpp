#pragma once

// Little-endian numbers and texts to and from bytes, with bounds on every read.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/utf8.hpp>
#include <wick/base/error.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Appends little-endian values to a growing vector of bytes.
class ByteWriter {
 public:
  /// An unsigned integer.
  template <std::unsigned_integral Unsigned>
  void put(Unsigned value) {
    std::array<std::byte, sizeof(Unsigned)> raw{};
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
      raw[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
    put_bytes(raw);
  }
  /// A signed integer of 64 bits.
  void put_i64(std::int64_t value) { put(static_cast<std::uint64_t>(value)); }
  /// A double, as IEEE 754 stores it.
  void put_f64(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  /// u32 length, then the bytes.
  void put_string(std::string_view text) {
    put(detail::as_integer<std::uint32_t>(text.size()));
    put_bytes(std::as_bytes(std::span(text)));
  }
  /// Bytes as they are.
  void put_bytes(std::span<const std::byte> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  /// Zeros up to the next multiple of `alignment`.
  void pad(std::size_t alignment) { bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment); }
  /// Overwrites a value written before.
  template <std::unsigned_integral Unsigned>
  void patch(std::size_t at, Unsigned value) {
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
      bytes_[at + i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
  }
  /// Number of bytes so far.
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  /// The bytes so far.
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// Reads little-endian values from bytes that are not trusted: every read is
/// checked against what is left, and throws FormatError with the position.
class ByteReader {
 public:
  /// `name` is the file for messages; `offset` is where `bytes` begins in it.
  ByteReader(std::span<const std::byte> bytes, std::string name, std::uint64_t offset = 0)
      : bytes_(bytes), name_(std::move(name)), base_(offset) {}

  /// An unsigned integer. `what` is its name in messages, here and below.
  template <std::unsigned_integral Unsigned>
  [[nodiscard]] Unsigned get(const char* what) {
    const auto raw = take(sizeof(Unsigned), what);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
      value |= std::to_integer<std::uint64_t>(raw[i]) << (8 * i);
    return static_cast<Unsigned>(value);
  }
  /// A signed integer of 64 bits.
  [[nodiscard]] std::int64_t get_i64(const char* what) {
    return std::bit_cast<std::int64_t>(get<std::uint64_t>(what));
  }
  /// A double, as IEEE 754 stores it.
  [[nodiscard]] double get_f64(const char* what) { return std::bit_cast<double>(get<std::uint64_t>(what)); }
  /// u32 length, then UTF-8 of at most `limit` bytes, which is the value of `option`.
  [[nodiscard]] std::string get_string(const char* what, std::uint32_t limit, const char* option) {
    const auto size = get<std::uint32_t>(what);
    if (size > limit) {
      fail(std::string(what) + " has " + std::to_string(size) + " bytes, the limit is " +
           std::to_string(limit) + " (" + option + ")");
    }
    const auto raw = take(size, what);
    std::string text(reinterpret_cast<const char*>(raw.data()), raw.size());
    if (!is_utf8(text)) fail(std::string(what) + " is not UTF-8");
    return text;
  }
  /// A count of elements that take at least `item_bytes` each, so that nothing is
  /// allocated for elements that cannot be there.
  [[nodiscard]] std::uint64_t get_count(const char* what, std::uint64_t item_bytes) {
    const auto count = get<std::uint64_t>(what);
    if (count > left() / item_bytes) {
      fail(std::string(what) + " is " + std::to_string(count) + ", but only " + std::to_string(left()) +
           " bytes are left");
    }
    return count;
  }
  /// The next n bytes.
  [[nodiscard]] std::span<const std::byte> take(std::uint64_t n, const char* what) {
    if (n > left()) {
      fail(std::string(what) + " needs " + std::to_string(n) + " bytes, " + std::to_string(left()) +
           " are left");
    }
    const auto part = bytes_.subspan(at_, detail::as_integer<std::size_t>(n));
    at_ += detail::as_integer<std::size_t>(n);
    return part;
  }
  /// The zeros up to the next multiple of `alignment` from the start of the bytes.
  void skip_padding(std::size_t alignment) {
    while (at_ % alignment != 0) {
      if (take(1, "padding")[0] != std::byte{0}) fail("padding must be zero");
    }
  }

  /// Bytes that were not read.
  [[nodiscard]] std::uint64_t left() const noexcept { return bytes_.size() - at_; }
  /// Place of the next byte in the file.
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + at_; }
  /// The file, for messages.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Throws FormatError at the next byte.
  [[noreturn]] void fail(const std::string& what) const { throw FormatError(name_, offset(), what); }

  /// Well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
  [[nodiscard]] static bool is_utf8(std::string_view text) noexcept {
    for (;;) {
      text.remove_prefix(detail::plain_size(text));
      if (text.empty()) return true;
      const std::size_t size = detail::utf8_size(text);
      if (size == 0) return false;
      text.remove_prefix(size);
    }
  }

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
  std::uint64_t base_;
  std::size_t at_ = 0;
};

WICK_END_NAMESPACE
