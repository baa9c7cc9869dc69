#pragma once

// UTF-8 in bytes that are not trusted.

#include <wick/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Bytes of the character at the beginning of `text`; 0 when there is none, or it is not well-formed UTF-8:
/// no overlong forms, no surrogates, nothing past U+10FFFF (RFC 3629).
[[nodiscard]] constexpr std::size_t utf8_size(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || text.size() <= more) return 0;
  std::uint32_t code = lead & (0x3FU >> more);
  for (std::size_t k = 1; k <= more; ++k) {
    const auto c = static_cast<unsigned char>(text[k]);
    if ((c & 0xC0U) != 0x80U) return 0;
    code = (code << 6) | (c & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 3> smallest{0x80, 0x800, 0x10000};
  if (code < smallest[more - 1] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
  return more + 1;
}

/// How many bytes at the beginning of `text` are printable ASCII, which is what most texts consist of.
[[nodiscard]] constexpr std::size_t plain_size(std::string_view text) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  while (at != end && *at >= 0x20 && *at < 0x7F) ++at;
  return static_cast<std::size_t>(at - begin);
}

/// The number of a character of `size` bytes, which is well-formed.
[[nodiscard]] constexpr std::uint32_t code_point(std::string_view character, std::size_t size) noexcept {
  const auto lead = static_cast<unsigned char>(character[0]);
  std::uint32_t code = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    code = (code << 6) | (static_cast<unsigned char>(character[i]) & 0x3FU);
  }
  return code;
}

}  // namespace detail

WICK_END_NAMESPACE
