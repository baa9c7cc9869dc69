#pragma once

// The instructions of a pickle, as CPython writes them with protocol 2.

#include <wick/base/error.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/torch/detail/pickle_opcodes.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Writes what CPython's pickle writes, memo numbers included. What torch.load would refuse is an
/// OptionError.
class PickleWriter {
 public:
  PickleWriter() {
    op(Opcode::proto);
    out_.put(std::uint8_t{2});
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return out_.bytes(); }

  void op(Opcode code) { out_.put(static_cast<std::uint8_t>(code)); }
  /// Gives the object that was written last the next number, which it returns.
  std::uint32_t memoize() {
    if (memo_size_ == (std::numeric_limits<std::uint32_t>::max)()) fail("more than 2^32 objects");
    put_index(Opcode::binput, Opcode::long_binput, memo_size_);
    return memo_size_++;
  }
  void get(std::uint32_t index) { put_index(Opcode::binget, Opcode::long_binget, index); }

  void put_global(std::string_view module, std::string_view name) {
    std::string both;
    both.append(module).append("\n").append(name).append("\n");
    if (const auto it = globals_.find(both); it != globals_.end()) return get(it->second);
    op(Opcode::global);
    out_.put_bytes(std::as_bytes(std::span(both)));
    globals_.emplace(std::move(both), memoize());
  }
  void put_reduce() {
    op(Opcode::reduce);
    memoize();
  }

  /// A text that Python keeps once, such as the names in its programs: written once, then mentioned.
  void put_kept_text(std::string_view text) {
    if (const auto it = kept_.find(text); it != kept_.end()) return get(it->second);
    kept_.emplace(text, put_new_text(text));
  }
  /// A text that may equal another one and is yet an object of its own, unless it has one character at most,
  /// which Python keeps once too.
  void put_text(std::string_view text) {
    if (text.size() <= 1) {
      put_kept_text(text);
    } else {
      put_new_text(text);
    }
  }
  /// The same, and its number.
  std::uint32_t put_new_text(std::string_view text) {
    if (text.size() > (std::numeric_limits<std::uint32_t>::max)()) {
      fail("a text has " + std::to_string(text.size()) + " bytes, at most 2^32 - 1 can be written");
    }
    if (!ByteReader::is_utf8(text)) fail("a text is not UTF-8; store other bytes as TorchBytes");
    op(Opcode::binunicode);
    out_.put_string(text);
    return memoize();
  }

  void put_bool(bool x) { op(x ? Opcode::newtrue : Opcode::newfalse); }
  void put_integer(std::int64_t x) {
    if (x >= 0 && x <= 0xFF) {
      op(Opcode::binint1);
      out_.put(static_cast<std::uint8_t>(x));
    } else if (x >= 0 && x <= 0xFFFF) {
      op(Opcode::binint2);
      out_.put(static_cast<std::uint16_t>(x));
    } else if (x >= (std::numeric_limits<std::int32_t>::min)() &&
               x <= (std::numeric_limits<std::int32_t>::max)()) {
      op(Opcode::binint);
      out_.put(static_cast<std::uint32_t>(x));
    } else {
      std::array<std::byte, sizeof x> bytes{};
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(x) >> (8 * i));
      }
      put_long(shortest(bytes));
    }
  }
  /// An integer in two's complement, little-endian, of any length.
  void put_big_integer(std::span<const std::byte> number) {
    const auto bytes = shortest(number);
    if (bytes.size() > sizeof(std::int64_t)) return put_long(bytes);
    const bool negative = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0};
    std::uint64_t bits = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bits &= ~(std::uint64_t{0xFF} << (8 * i));
      bits |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    put_integer(std::bit_cast<std::int64_t>(bits));
  }
  void put_float(double x) {
    op(Opcode::binfloat);
    const auto bits = std::bit_cast<std::uint64_t>(x);
    for (int shift = 56; shift >= 0; shift -= 8) out_.put(static_cast<std::uint8_t>(bits >> shift));
  }

  /// A tuple of `n` items, which `put_items` writes.
  template <class PutItems>
  void put_tuple(std::size_t n, PutItems put_items) {
    constexpr std::array short_forms{Opcode::empty_tuple, Opcode::tuple1, Opcode::tuple2, Opcode::tuple3};
    if (n == 0) return op(Opcode::empty_tuple);
    const bool has_short_form = n < short_forms.size();
    if (!has_short_form) op(Opcode::mark);
    put_items();
    op(has_short_form ? short_forms[n] : Opcode::tuple);
    memoize();
  }
  void put_tuple(std::span<const std::int64_t> items) {
    put_tuple(items.size(), [&] {
      for (const std::int64_t x : items) put_integer(x);
    });
  }
  /// The `n` items of the list or dict written last, each by `put_item(i)`: in batches, each between a mark
  /// and the instruction `many`, or a single one before `one`. `single_last`: also a last batch of one.
  template <class PutItem>
  void put_batches(std::size_t n, Opcode one, Opcode many, bool single_last, PutItem put_item) {
    constexpr std::size_t batch = 1000;
    for (std::size_t i = 0; i < n;) {
      const std::size_t end = (std::min)(i + batch, n);
      const bool single = end - i == 1 && (single_last || n == 1);
      if (!single) op(Opcode::mark);
      for (; i < end; ++i) put_item(i);
      op(single ? one : many);
    }
  }

  [[noreturn]] static void fail(const std::string& what) { throw OptionError("write_torch: " + what); }

 private:
  void put_index(Opcode short_form, Opcode long_form, std::uint32_t index) {
    if (index <= 0xFF) {
      op(short_form);
      out_.put(static_cast<std::uint8_t>(index));
    } else {
      op(long_form);
      out_.put(index);
    }
  }
  /// Without bytes at the end that only repeat the sign.
  static std::span<const std::byte> shortest(std::span<const std::byte> bytes) {
    const auto sign = [](std::byte b) {
      return (b & std::byte{0x80}) != std::byte{0} ? std::byte{0xFF} : std::byte{0};
    };
    while (bytes.size() > 1 && bytes.back() == sign(bytes[bytes.size() - 2])) {
      bytes = bytes.first(bytes.size() - 1);
    }
    return bytes;
  }
  void put_long(std::span<const std::byte> bytes) {
    constexpr std::size_t most = 255;
    if (bytes.size() > most) {
      fail("an integer of " + std::to_string(bytes.size()) + " bytes; torch.load reads at most 255");
    }
    op(Opcode::long1);
    out_.put(static_cast<std::uint8_t>(bytes.size()));
    out_.put_bytes(bytes);
  }

  ByteWriter out_;
  std::uint32_t memo_size_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> globals_;
  std::map<std::string, std::uint32_t, std::less<>> kept_;
};

}  // namespace detail

WICK_END_NAMESPACE
