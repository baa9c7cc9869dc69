#pragma once

// Definitions of base/printable.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/utf8.hpp>
#include <wick/base/printable.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// `\n`, `\x1b` or `\u202e`.
inline void append_escape(std::string& out, std::uint32_t code) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '\\';
  if (code == '\n' || code == '\r' || code == '\t') {
    out += code == '\n' ? 'n' : code == '\r' ? 'r' : 't';
    return;
  }
  out += code < 0x100 ? 'x' : 'u';
  for (int shift = code < 0x100 ? 4 : 12; shift >= 0; shift -= 4) out += digits[code >> shift & 15U];
}

WICK_INLINE void append_printable(std::string& out, std::string_view text, std::string_view kept) {
  for (;;) {
    const std::size_t plain = plain_size(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const std::size_t size = utf8_size(text);
    const std::uint32_t code = size == 0 ? static_cast<unsigned char>(text[0]) : code_point(text, size);
    if (size == 0 || (!is_shown(code) && kept.find(text[0]) == std::string_view::npos)) {
      append_escape(out, code);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

WICK_INLINE std::string_view cut(std::string_view text, std::size_t most) noexcept {
  if (text.size() <= most) return text;
  const auto is_continuation = [&](std::size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  std::size_t end = most;
  for (int back = 0; back < 3 && end > 0 && is_continuation(end); ++back) --end;
  return text.substr(0, is_continuation(end) ? most : end);
}

WICK_INLINE std::string message_text(std::string_view text) {
  // Names are cut one by one; this is for what was forgotten.
  constexpr std::size_t most = std::size_t{64} << 10;
  std::string result;
  const std::string_view part = cut(text, most);
  append_printable(result, part, "\n\t");
  if (part.size() < text.size()) result += "... (" + std::to_string(text.size()) + " bytes)";
  return result;
}

WICK_INLINE std::string quoted_name(std::string_view text, std::size_t most) {
  const std::string_view part = cut(text, most);
  std::string result = "\"";
  append_printable(result, part);
  if (part.size() == text.size()) return result + "\"";
  return result + "...\" (" + std::to_string(text.size()) + " bytes)";
}

WICK_INLINE std::string shown_name(std::string_view text, std::size_t most) {
  const std::string_view part = cut(text, most);
  std::string result = printable(part);
  if (part.size() < text.size()) result += "... (" + std::to_string(text.size()) + " bytes)";
  return result;
}

}  // namespace detail

WICK_INLINE std::string printable(std::string_view text) {
  std::string result;
  detail::append_printable(result, text);
  return result;
}

WICK_END_NAMESPACE
