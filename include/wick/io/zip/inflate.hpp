#pragma once

// Decompression of deflate data, RFC 1951 (https://www.rfc-editor.org/rfc/rfc1951).

#include <wick/base/error.hpp>
#include <wick/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Bits of bytes that are not trusted, the lowest of each byte first. Behind the end there are zeros, which
/// is_past_end() tells.
class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// So many of the next bits, 0 to 32, without taking them.
  [[nodiscard]] std::uint32_t peek(unsigned count) {
    while (filled_ < count) {
      const std::uint64_t byte = at_ < bytes_.size() ? std::to_integer<std::uint64_t>(bytes_[at_]) : 0;
      bits_ |= byte << filled_;
      ++at_;
      filled_ += 8;
    }
    return static_cast<std::uint32_t>(bits_ & ((std::uint64_t{1} << count) - 1));
  }
  /// Takes bits that were peeked at.
  void skip(unsigned count) noexcept {
    bits_ >>= count;
    filled_ -= count;
  }
  [[nodiscard]] std::uint32_t take(unsigned count) {
    const std::uint32_t value = peek(count);
    skip(count);
    return value;
  }
  /// Leaves out the rest of a byte.
  void to_byte() noexcept { skip(filled_ % 8); }

  /// Bytes of which a bit was taken; one more than there are if bits behind the end were.
  [[nodiscard]] std::size_t used() const noexcept { return at_ - filled_ / 8; }
  [[nodiscard]] bool is_past_end() const noexcept { return used() > bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::uint64_t bits_ = 0;
  unsigned filled_ = 0;
};

/// A prefix code, given by the lengths of the codes of its symbols.
class PrefixCode {
 public:
  /// Lengths are 0, for symbols without a code, to 15. False if codes are missing or too many: but for a
  /// single one of length 1, and none, which no data may use.
  [[nodiscard]] bool assign(std::span<const std::uint8_t> lengths) {
    counts_ = {};
    for (const std::uint8_t length : lengths) ++counts_[length];
    const std::size_t used = lengths.size() - counts_[0];
    counts_[0] = 0;
    std::int32_t left = 1;  // codes of this length that are not prefixed by shorter ones
    for (std::size_t length = 1; length <= longest; ++length) {
      left = 2 * left - counts_[length];
      if (left < 0) return false;
    }
    std::array<std::uint16_t, longest + 2> first{};
    for (std::size_t length = 1; length <= longest; ++length) {
      first[length + 1] = static_cast<std::uint16_t>(first[length] + counts_[length]);
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] != 0) symbols_[first[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
    }
    fill_table();
    return left == 0 || used == 0 || (used == 1 && counts_[1] == 1);
  }

  /// The next symbol; -1 if no code begins like that.
  [[nodiscard]] int next(BitReader& bits) const {
    const Entry entry = table_[bits.peek(quick_bits)];
    if (entry.length != 0) {
      bits.skip(entry.length);
      return entry.symbol;
    }
    return next_long(bits);
  }

 private:
  static constexpr std::size_t longest = 15;
  static constexpr unsigned quick_bits = 9;
  struct Entry {
    std::uint16_t symbol = 0;
    std::uint8_t length = 0;
  };

  /// What the next bits mean if a short code is among them. Codes begin with their highest bit.
  void fill_table() {
    table_ = {};
    std::uint32_t code = 0;
    std::size_t index = 0;
    for (std::uint8_t length = 1; length <= quick_bits; ++length, code <<= 1) {
      for (std::uint32_t i = 0; i < counts_[length]; ++i, ++code, ++index) {
        std::uint32_t reversed = 0;
        for (unsigned bit = 0; bit < length; ++bit) reversed |= (code >> bit & 1U) << (length - 1U - bit);
        for (; reversed < table_.size(); reversed += 1U << length)
          table_[reversed] = {symbols_[index], length};
      }
    }
  }
  [[nodiscard]] int next_long(BitReader& bits) const {
    const std::uint32_t ahead = bits.peek(longest);
    std::uint32_t code = 0;
    std::uint32_t first = 0;
    std::uint32_t index = 0;
    for (unsigned length = 1; length <= longest; ++length) {
      code |= ahead >> (length - 1) & 1U;
      const std::uint32_t count = counts_[length];
      if (code < first + count) {
        bits.skip(length);
        return symbols_[index + code - first];
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

  std::array<std::uint16_t, longest + 1> counts_{};
  std::array<std::uint16_t, 288> symbols_{};
  std::array<Entry, std::size_t{1} << quick_bits> table_{};
};

/// Deflate data into memory of the size that it has then.
class Inflater {
 public:
  Inflater(std::span<const std::byte> data, std::span<std::byte> out, const std::string& name,
           std::uint64_t offset)
      : bits_(data), data_(data), out_(out), name_(name), offset_(offset) {}

  void run() {
    for (bool last = false; !last;) {
      last = bits_.take(1) != 0;
      switch (bits_.take(2)) {
        case 0:
          stored();
          break;
        case 1:
          fixed();
          break;
        case 2:
          dynamic();
          break;
        default:
          fail("a block of an unknown kind");
      }
    }
    if (at_ != out_.size()) {
      fail("expected " + std::to_string(out_.size()) + " bytes of contents, got " + std::to_string(at_));
    }
    if (bits_.used() != data_.size()) {
      fail(std::to_string(data_.size() - bits_.used()) + " bytes behind the last block");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    const std::size_t at = (std::min)(bits_.used(), data_.size());
    throw FormatError(name_, offset_ + at,
                      "deflate: " + (bits_.is_past_end() ? "the data are cut off" : what));
  }
  void need_input() const {
    if (bits_.is_past_end()) fail({});
  }
  void need_room(std::size_t count) const {
    if (count > out_.size() - at_)
      fail("more contents than the " + std::to_string(out_.size()) + " bytes announced");
  }

  void stored() {
    bits_.to_byte();
    const std::uint32_t size = bits_.take(16);
    const std::uint32_t inverse = bits_.take(16);
    need_input();
    if ((size ^ inverse) != 0xFFFFU) fail("a stored block whose two sizes differ");
    need_room(size);
    const std::size_t from = bits_.used();
    if (size > data_.size() - from) fail("a stored block that is cut off");
    std::copy_n(data_.begin() + static_cast<std::ptrdiff_t>(from), size,
                out_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ += size;
    for (std::uint32_t i = 0; i < size; ++i) static_cast<void>(bits_.take(8));
  }

  void fixed() {
    std::array<std::uint8_t, 288> lengths{};
    std::fill_n(lengths.begin(), 144, std::uint8_t{8});
    std::fill_n(lengths.begin() + 144, 112, std::uint8_t{9});
    std::fill_n(lengths.begin() + 256, 24, std::uint8_t{7});
    std::fill_n(lengths.begin() + 280, 8, std::uint8_t{8});
    std::array<std::uint8_t, 32> distances{};
    distances.fill(5);
    static_cast<void>(literals_.assign(lengths));
    static_cast<void>(distances_.assign(distances));
    compressed();
  }

  void dynamic() {
    const std::size_t literals = bits_.take(5) + 257U;
    const std::size_t distances = bits_.take(5) + 1U;
    const std::size_t count = bits_.take(4) + 4U;
    if (literals > 286)
      fail("a code of " + std::to_string(literals) + " literals and lengths, there are 286");
    if (distances > 30) fail("a code of " + std::to_string(distances) + " distances, there are 30");
    constexpr std::array<std::uint8_t, 19> order{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                 11, 4,  12, 3, 13, 2, 14, 1, 15};
    std::array<std::uint8_t, 19> of_lengths{};
    for (std::size_t i = 0; i < count; ++i) of_lengths[order[i]] = static_cast<std::uint8_t>(bits_.take(3));
    PrefixCode& code = distances_;  // free until it is known
    if (!code.assign(of_lengths)) fail("a code of lengths that is no prefix code");
    std::array<std::uint8_t, 286 + 30> lengths{};
    for (std::size_t i = 0; i < literals + distances;) {
      const int symbol = code.next(bits_);
      need_input();
      if (symbol < 0) fail("bits that are no code");
      if (symbol < 16) {
        lengths[i++] = static_cast<std::uint8_t>(symbol);
        continue;
      }
      if (symbol == 16 && i == 0) fail("a length that repeats none");
      const std::uint8_t value = symbol == 16 ? lengths[i - 1] : std::uint8_t{0};
      const std::size_t repeats = symbol == 16   ? 3 + bits_.take(2)
                                  : symbol == 17 ? 3 + bits_.take(3)
                                                 : 11 + bits_.take(7);
      if (repeats > literals + distances - i) fail("more lengths of codes than there are symbols");
      std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(i), repeats, value);
      i += repeats;
    }
    if (lengths[256] == 0) fail("a block that has no code for its end");
    const std::span<const std::uint8_t> all(lengths);
    if (!literals_.assign(all.first(literals))) fail("literals and lengths without a prefix code");
    if (!distances_.assign(all.subspan(literals, distances))) fail("distances without a prefix code");
    compressed();
  }

  void compressed() {
    constexpr std::array<std::uint16_t, 29> length_base{3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                        15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                        67, 83, 99, 115, 131, 163, 195, 227, 258};
    constexpr std::array<std::uint8_t, 29> length_bits{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                       2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    for (;;) {
      const int symbol = literals_.next(bits_);
      need_input();
      if (symbol < 0) fail("bits that are no code");
      if (symbol < 256) {
        need_room(1);
        out_[at_++] = static_cast<std::byte>(symbol);
        continue;
      }
      if (symbol == 256) return;
      const auto i = static_cast<std::size_t>(symbol - 257);
      if (i >= length_base.size()) fail("a length that there is none of");
      const std::size_t length = length_base[i] + bits_.take(length_bits[i]);
      copy(length, distance());
    }
  }
  [[nodiscard]] std::size_t distance() {
    const int symbol = distances_.next(bits_);
    if (symbol < 0 || symbol > 29) fail("a distance that there is none of");
    if (symbol < 4) return static_cast<std::size_t>(symbol) + 1;
    const unsigned more = static_cast<unsigned>(symbol) / 2 - 1;
    const std::size_t half = 2U + static_cast<unsigned>(symbol) % 2;
    return (half << more) + bits_.take(more) + 1;
  }
  void copy(std::size_t length, std::size_t distance) {
    need_input();
    if (distance > at_)
      fail("a distance of " + std::to_string(distance) + " behind " + std::to_string(at_) + " bytes");
    need_room(length);
    // Byte by byte: what is copied may be part of what is copied from.
    for (; length > 0; --length, ++at_) out_[at_] = out_[at_ - distance];
  }

  BitReader bits_;
  std::span<const std::byte> data_;
  std::span<std::byte> out_;
  std::size_t at_ = 0;
  const std::string& name_;
  std::uint64_t offset_;
  PrefixCode literals_;
  PrefixCode distances_;
};

/// Decompresses deflate data, which are at byte `offset` of the file `name`, into `out`, which they fill
/// exactly. Throws FormatError for data that are cut off, damaged, or of another size.
inline void inflate(std::span<const std::byte> data, std::span<std::byte> out, const std::string& name,
                    std::uint64_t offset) {
  Inflater(data, out, name, offset).run();
}

}  // namespace detail

WICK_END_NAMESPACE
