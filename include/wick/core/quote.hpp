#pragma once

// Strings as Python's repr() writes them.

#include <wick/core/utf8.hpp>
#include <wick/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

// Not called `quoted`: a call with a std::string would find std::quoted as well.

/// `'text'`, in double quotes when it holds a single quote and no double one. Control characters are escaped,
/// and bytes that are not UTF-8; other characters outside ASCII are taken to be printable.
inline std::string python_quoted(std::string_view text) {
  const char quote =
      text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string result(1, quote);
  const auto escape = [&result](unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    result += {'\\', 'x', digits[byte >> 4], digits[byte & 15U]};
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t size = utf8_size(text.substr(i));
    if (size > 1) {
      result += text.substr(i, size);
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte >= 0x7F) {
      escape(byte);
    } else {
      if (c == quote || c == '\\') result += '\\';
      result += c;
    }
    i += size == 0 ? 1 : size;
  }
  return result + quote;
}

/// `['a', 'b']`.
inline std::string python_list(const std::vector<std::string>& texts) {
  std::string result = "[";
  for (const auto& text : texts) {
    if (result.size() > 1) result += ", ";
    result += python_quoted(text);
  }
  return result + "]";
}

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE
