#pragma once

// Values that stand in the bytes of a pickle as they are: numbers, texts, names.

#include <wick/base/detail/as_integer.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/io/torch/detail/pickle_builder.hpp>
#include <wick/io/torch/detail/pickle_globals.hpp>
#include <wick/io/torch/detail/pickle_text.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Reads from the bytes behind an opcode and makes nodes of what is there.
class PickleLiterals {
 public:
  /// `bytes` begin at `offset` of `file`; `b` has to stay.
  PickleLiterals(std::span<const std::byte> bytes, std::string file, std::uint64_t offset, PickleBuilder& b)
      : bytes_(bytes), in_(bytes, std::move(file), offset), b_(b) {}

  [[nodiscard]] std::uint64_t offset() const noexcept { return in_.offset(); }
  [[nodiscard]] std::uint64_t left() const noexcept { return in_.left(); }
  template <std::unsigned_integral Unsigned>
  [[nodiscard]] Unsigned get(const char* what) {
    return in_.get<Unsigned>(what);
  }

  NodeId integer(std::int64_t value) {
    return b_.make({.kind = NodeKind::integer, .a = std::bit_cast<std::uint64_t>(value)});
  }
  /// Two's complement of any length, least significant byte first; no bytes are 0.
  NodeId long_integer(std::uint64_t n) {
    if (n > b_.limits().integer_bytes) {
      b_.fail("an integer of " + std::to_string(n) + " bytes, the limit is " +
              std::to_string(b_.limits().integer_bytes) + " (TorchLimits::integer_bytes)");
    }
    const std::uint64_t from = bytes_.size() - in_.left();
    auto raw = in_.take(n, "an integer");
    const std::byte fill =
        !raw.empty() && (raw.back() & std::byte{0x80}) != std::byte{0} ? std::byte{0xFF} : std::byte{0};
    // Bytes that repeat the sign add nothing.
    while (raw.size() > 1 && raw.back() == fill &&
           ((raw[raw.size() - 2] ^ fill) & std::byte{0x80}) == std::byte{0}) {
      raw = raw.first(raw.size() - 1);
    }
    if (raw.size() > 8) {
      return b_.make({.kind = NodeKind::big_integer, .a = from, .b = raw.size()});
    }
    return integer(little_endian_number(raw));
  }
  /// The one number that pickle stores with its most significant byte first.
  NodeId real() {
    std::uint64_t bits = 0;
    for (const std::byte b : in_.take(8, "a float")) bits = bits << 8 | std::to_integer<std::uint64_t>(b);
    return b_.make({.kind = NodeKind::real, .a = bits});
  }
  NodeId bytes(NodeKind kind, std::uint64_t n) {
    const std::uint64_t from = bytes_.size() - in_.left();
    const auto raw = in_.take(n, kind == NodeKind::text ? "a text" : "bytes");
    if (kind == NodeKind::text && !is_text(raw)) fail_text();
    return b_.make({.kind = kind, .a = from, .b = n});
  }
  /// The str of Python 2 is a text or bytes, and nothing says which.
  NodeId string(std::uint64_t n) {
    const std::uint64_t from = bytes_.size() - in_.left();
    const auto raw = in_.take(n, "a text");
    return b_.make({.kind = is_text(raw) ? NodeKind::text : NodeKind::bytes, .a = from, .b = n});
  }

  // Lines of text, as protocol 0 has them.

  /// Decimal digits, in Python 2 with an L at the end; 00 and 01 are what protocol 1 has for bools.
  NodeId integer_line() {
    std::string_view digits = line("an integer");
    if (digits == "00" || digits == "01") {
      return b_.make({.kind = NodeKind::boolean, .a = digits == "01" ? 1U : 0U});
    }
    if (digits.ends_with('L')) digits.remove_suffix(1);
    // 1024 bytes are 2467 digits.
    if (digits.size() > b_.limits().integer_bytes / 5 * 12) {
      b_.fail("an integer of " + std::to_string(digits.size()) + " digits, the limit is " +
              std::to_string(b_.limits().integer_bytes / 5 * 12) + " (TorchLimits::integer_bytes)");
    }
    auto raw = decode_integer_line(digits);
    if (!raw) b_.fail("an integer is not a number");
    if (raw->size() > 8) return b_.make_decoded(NodeKind::big_integer, std::move(*raw));
    return integer(little_endian_number(std::as_bytes(std::span(*raw))));
  }
  NodeId real_line() {
    const auto x = decode_float_line(line("a float"));
    if (!x) b_.fail("a float is not a number");
    return b_.make({.kind = NodeKind::real, .a = std::bit_cast<std::uint64_t>(*x)});
  }
  NodeId string_line() { return decoded(decode_string_line(line("a text"))); }
  NodeId unicode_line() { return decoded(decode_unicode_line(line("a text"))); }
  [[nodiscard]] std::uint64_t memo_index() {
    const std::string_view digits = line("a memo index");
    std::uint64_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size()) b_.fail("a memo index is not a number");
    return index;
  }
  /// Protocol 0 has a persistent id as Python shows it.
  NodeId persistent_id_line() {
    const auto shown = shown_tuple(line("a persistent id"));
    if (!shown)
      b_.fail("expected a persistent id such as ('storage', <class 'torch.FloatStorage'>, '0', ...)");
    std::vector<NodeId> items;
    for (const ShownItem& item : *shown) {
      switch (item.kind) {
        case ShownItem::Kind::text:
          items.push_back(b_.make_decoded(NodeKind::text, std::string(item.text)));
          break;
        case ShownItem::Kind::global: {
          const auto dot = (std::min)(item.text.rfind('.'), item.text.size());
          items.push_back(
              global(item.text.substr(0, dot), item.text.substr((std::min)(dot + 1, item.text.size()))));
          break;
        }
        case ShownItem::Kind::none:
          items.push_back(b_.make({.kind = NodeKind::none}));
          break;
        case ShownItem::Kind::integer: {
          std::int64_t n = 0;
          const auto [end, error] = std::from_chars(item.text.data(), item.text.data() + item.text.size(), n);
          if (error != std::errc() || end != item.text.data() + item.text.size()) {
            b_.fail("expected a number in a persistent id");
          }
          items.push_back(integer(n));
          break;
        }
      }
    }
    return b_.make_container(NodeKind::tuple, std::move(items));
  }

  /// A name in two lines.
  NodeId global_lines() {
    const std::string_view module = name_line();
    return global(module, name_line());
  }
  NodeId global(std::string_view module, std::string_view name) {
    const auto found = find_global(module, name);
    if (!found) {
      check_name(module);
      check_name(name);
      return b_.make_object(module, name);
    }
    const NodeId id = b_.make_text(NodeKind::global, std::string(module) + "." + std::string(name));
    b_.node(id).global = found->global;
    b_.node(id).dtype = found->dtype;
    return id;
  }

 private:
  /// Of at most 8 bytes.
  static std::int64_t little_endian_number(std::span<const std::byte> raw) {
    const bool negative = !raw.empty() && (raw.back() & std::byte{0x80}) != std::byte{0};
    const std::byte fill = negative ? std::byte{0xFF} : std::byte{0};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      value |= std::to_integer<std::uint64_t>(i < raw.size() ? raw[i] : fill) << (8 * i);
    }
    return std::bit_cast<std::int64_t>(value);
  }
  static bool is_text(std::span<const std::byte> raw) {
    return ByteReader::is_utf8({reinterpret_cast<const char*>(raw.data()), raw.size()});
  }
  [[noreturn]] void fail_text() const {
    b_.fail("a text is not UTF-8, or holds half of a surrogate pair, which has no UTF-8 form");
  }
  NodeId decoded(std::optional<std::string> text) {
    if (!text) fail_text();
    const bool is_text = ByteReader::is_utf8(*text);
    return b_.make_decoded(is_text ? NodeKind::text : NodeKind::bytes, std::move(*text));
  }
  /// The rest of a line of any length.
  std::string_view line(const char* what) {
    const auto left = bytes_.last(detail::as_integer<std::size_t>(in_.left()));
    const auto end = std::ranges::find(left, std::byte{'\n'});
    if (end == left.end()) b_.fail(std::string(what) + " does not end");
    const auto raw = in_.take(static_cast<std::uint64_t>(end - left.begin()) + 1, what);
    return {reinterpret_cast<const char*>(raw.data()), raw.size() - 1};
  }
  std::string_view name_line() {
    const auto left = bytes_.last(detail::as_integer<std::size_t>(in_.left()));
    const auto part = left.first((std::min)(left.size(), b_.limits().name_bytes + 1));
    const auto end = std::ranges::find(part, std::byte{'\n'});
    if (end == part.end())
      b_.fail("the name of a global does not end, or is longer than the limit of " +
              std::to_string(b_.limits().name_bytes) + " bytes (TorchLimits::name_bytes)");
    const auto raw = in_.take(static_cast<std::uint64_t>(end - part.begin()) + 1, "the name of a global");
    return {reinterpret_cast<const char*>(raw.data()), raw.size() - 1};
  }
  void check_name(std::string_view name) const {
    if (name.size() > b_.limits().name_bytes) {
      b_.fail("the name of a global has " + std::to_string(name.size()) + " bytes, the limit is " +
              std::to_string(b_.limits().name_bytes) + " (TorchLimits::name_bytes)");
    }
  }

  std::span<const std::byte> bytes_;
  ByteReader in_;
  PickleBuilder& b_;
};

}  // namespace detail

WICK_END_NAMESPACE
