#pragma once

// Texts, numbers and bytes in the forms that pickle has for them: as lines of text in protocols 0 and 1,
// bytes as Latin-1.

#include <wick/base/detail/utf8.hpp>
#include <wick/io/bytes/bytes.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The bytes that a text of code points up to U+00FF stands for; nothing if it has others.
[[nodiscard]] inline std::optional<std::vector<std::byte>> decode_latin1(std::string_view utf8) {
  std::vector<std::byte> result;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0x80) {
      result.push_back(std::byte{lead});
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < utf8.size()) {
      result.push_back(
          static_cast<std::byte>((lead & 3U) << 6 | (static_cast<unsigned char>(utf8[++i]) & 0x3FU)));
    } else {
      return std::nullopt;
    }
  }
  return result;
}

/// Appends the UTF-8 form of a code point; false for halves of surrogate pairs and what is past U+10FFFF.
[[nodiscard]] inline bool append_utf8(std::string& text, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto more = [&](unsigned shift) { put(0x80U | ((c >> shift) & 0x3FU)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | c >> 6);
    more(0);
  } else if (c < 0x10000) {
    if (c >= 0xD800 && c < 0xE000) return false;
    put(0xE0U | c >> 12);
    more(6);
    more(0);
  } else {
    if (c > 0x10FFFF) return false;
    put(0xF0U | c >> 18);
    more(12);
    more(6);
    more(0);
  }
  return true;
}

/// The `digits` hexadecimal digits at `at`, or nothing.
[[nodiscard]] inline std::optional<std::uint32_t> hex_at(std::string_view line, std::size_t at,
                                                         std::size_t digits) {
  if (digits > line.size() || at > line.size() - digits) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(line.data() + at, line.data() + at + digits, value, 16);
  return error == std::errc() && end == line.data() + at + digits ? std::optional(value) : std::nullopt;
}

/// The text of a UNICODE line, which is Latin-1 with \uXXXX and \UXXXXXXXX for everything else.
/// https://docs.python.org/3/library/codecs.html#text-encodings, raw_unicode_escape
[[nodiscard]] inline std::optional<std::string> decode_unicode_line(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::uint32_t c = static_cast<unsigned char>(line[i]);
    const char next = i + 1 < line.size() ? line[i + 1] : '\0';
    if (c == '\\' && (next == 'u' || next == 'U')) {
      const std::size_t digits = next == 'u' ? 4 : 8;
      const auto escaped = hex_at(line, i + 2, digits);
      if (!escaped) return std::nullopt;
      c = *escaped;
      i += 1 + digits;
    }
    if (!append_utf8(text, c)) return std::nullopt;
  }
  return text;
}

/// The bytes of a STRING line: a literal of Python 2, in quotes.
[[nodiscard]] inline std::optional<std::string> decode_string_line(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (line.size() < 2 || line.front() != line.back() || (line.front() != '\'' && line.front() != '"')) {
    return std::nullopt;
  }
  line = line.substr(1, line.size() - 2);
  constexpr std::string_view letters = "\\'\"nrtabfv";
  constexpr std::string_view meanings = "\\'\"\n\r\t\a\b\f\v";
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\') {
      bytes += line[i];
      continue;
    }
    if (++i == line.size()) return std::nullopt;
    if (line[i] == 'x') {
      const auto value = hex_at(line, i + 1, 2);
      if (!value) return std::nullopt;
      bytes += static_cast<char>(*value);
      i += 2;
    } else if (line[i] >= '0' && line[i] <= '7') {
      unsigned value = 0;
      std::size_t n = 0;
      for (; n < 3 && i + n < line.size() && line[i + n] >= '0' && line[i + n] <= '7'; ++n) {
        value = value * 8 + static_cast<unsigned>(line[i + n] - '0');
      }
      bytes += static_cast<char>(value & 0xFFU);
      i += n - 1;
    } else {
      const auto known = letters.find(line[i]);
      if (known == std::string_view::npos) return std::nullopt;
      bytes += meanings[known];
    }
  }
  return bytes;
}

/// The number of a FLOAT line.
[[nodiscard]] inline std::optional<double> decode_float_line(std::string_view line) {
  double x = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), x);
  const bool whole = !line.empty() && end == line.data() + line.size();
  return whole && error == std::errc() ? std::optional(x) : std::nullopt;
}

/// Two's complement of a decimal number, least significant byte first, in as few bytes as it takes. The time
/// grows with the square of the digits, which the caller bounds.
[[nodiscard]] inline std::optional<std::string> decode_integer_line(std::string_view line) {
  const bool negative = line.starts_with('-');
  std::string_view digits = line.substr(negative ? 1 : 0);
  if (digits.empty()) return std::nullopt;
  std::vector<std::uint32_t> words;
  while (!digits.empty()) {
    constexpr std::size_t most = 9;
    const std::size_t n = digits.size() % most == 0 ? most : digits.size() % most;
    std::uint64_t carry = 0;
    std::uint32_t scale = 1;
    for (const char c : digits.substr(0, n)) {
      if (c < '0' || c > '9') return std::nullopt;
      carry = carry * 10 + static_cast<std::uint64_t>(c - '0');
      scale *= 10;
    }
    for (std::uint32_t& word : words) {
      carry += std::uint64_t{word} * scale;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) words.push_back(static_cast<std::uint32_t>(carry));
    digits.remove_prefix(n);
  }
  words.push_back(0);  // for the sign
  if (negative) {
    std::uint64_t carry = 1;
    for (std::uint32_t& word : words) {
      carry += ~word;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  std::string bytes;
  for (const std::uint32_t word : words) {
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((word >> shift) & 0xFFU);
  }
  const char fill = (bytes.back() & 0x80) != 0 ? '\xff' : '\0';
  while (bytes.size() > 1 && bytes.back() == fill && ((bytes[bytes.size() - 2] ^ fill) & 0x80) == 0) {
    bytes.pop_back();
  }
  return bytes;
}

/// One item of the persistent id that protocol 0 writes as Python shows a tuple:
/// `('storage', <class 'torch.FloatStorage'>, '0', 'cpu', 128)`.
struct ShownItem {
  enum class Kind { text, global, integer, none } kind = Kind::none;
  std::string_view text;  ///< without quotes; of a global, `module.name`
};

/// The items of such a tuple, none of which has escapes; nothing for anything else.
[[nodiscard]] inline std::optional<std::vector<ShownItem>> shown_tuple(std::string_view line) {
  std::vector<ShownItem> items;
  if (line.size() < 2 || line.front() != '(' || line.back() != ')') return std::nullopt;
  line = line.substr(1, line.size() - 2);
  while (!line.empty()) {
    constexpr std::string_view before = "<class '";
    constexpr std::string_view after = "'>";
    ShownItem item;
    std::size_t end = std::string_view::npos;
    if (line.starts_with(before)) {
      item.kind = ShownItem::Kind::global;
      const auto quote = line.find(after, before.size());
      if (quote == std::string_view::npos) return std::nullopt;
      item.text = line.substr(before.size(), quote - before.size());
      end = quote + after.size();
    } else if (line.front() == '\'') {
      item.kind = ShownItem::Kind::text;
      const auto quote = line.find('\'', 1);
      if (quote == std::string_view::npos) return std::nullopt;
      item.text = line.substr(1, quote - 1);
      if (item.text.find('\\') != std::string_view::npos) return std::nullopt;
      end = quote + 1;
    } else {
      end = (std::min)(line.find(','), line.size());
      item.text = line.substr(0, end);
      item.kind = item.text == "None" ? ShownItem::Kind::none : ShownItem::Kind::integer;
    }
    items.push_back(item);
    line.remove_prefix(end);
    if (line.empty()) break;
    if (!line.starts_with(", ")) return std::nullopt;
    line.remove_prefix(2);
  }
  return items;
}

}  // namespace detail

WICK_END_NAMESPACE
