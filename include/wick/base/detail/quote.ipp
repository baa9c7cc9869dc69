#pragma once

// Definitions of base/detail/quote.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/printable.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::string python_repr_of(std::string_view text) {
  const char quote =
      text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string result(1, quote);
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(quote == '"' ? "\"\\" : "'\\");
    append_printable(result, text.substr(0, end));
    if (end == std::string_view::npos) break;
    result += {'\\', text[end]};
    text.remove_prefix(end + 1);
  }
  return result + quote;
}

WICK_INLINE std::string python_quoted(std::string_view text, std::size_t most) {
  const std::string_view part = cut(text, most);
  if (part.size() == text.size()) return python_repr_of(text);
  std::string result = python_repr_of(part);
  result.insert(result.size() - 1, "...");
  return result + " (" + std::to_string(text.size()) + " bytes)";
}

WICK_INLINE std::string python_list(const std::vector<std::string>& texts) {
  std::string result = "[";
  for (const auto& text : texts) {
    if (result.size() > 1) result += ", ";
    result += python_repr_of(text);
  }
  return result + "]";
}

}  // namespace detail

WICK_END_NAMESPACE
