#pragma once

// Strings as Python's repr() writes them.

#include <wick/version.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

// Not called `quoted`: a call with a std::string would find std::quoted as well.

/// `'text'`, in double quotes when it holds a single quote and no double one. Control
/// characters are escaped; other characters outside ASCII are taken to be printable.
inline std::string python_quoted(std::string_view text) {
  const char quote =
      text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      constexpr std::string_view digits = "0123456789abcdef";
      result += {'\\', 'x', digits[byte >> 4], digits[byte & 15U]};
    } else {
      if (c == quote || c == '\\') result += '\\';
      result += c;
    }
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
