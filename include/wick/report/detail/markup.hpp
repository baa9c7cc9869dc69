#pragma once

// Texts and numbers in HTML and SVG.

#include <wick/base/detail/utf8.hpp>
#include <wick/base/number.hpp>
#include <wick/base/printable.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

/// `text` for the inside of an element or of an attribute in quotes, whoever wrote it.
[[nodiscard]] inline std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// About how wide text is, in units of its font size. Browsers choose the font, so this leans to the wide
/// side.
[[nodiscard]] inline double text_width(std::string_view text) {
  double width = 0;
  while (!text.empty()) {
    const std::size_t size = (std::max)(utf8_size(text), std::size_t{1});
    const std::uint32_t code = size == 1 ? static_cast<unsigned char>(text[0]) : code_point(text, size);
    text.remove_prefix(size);
    constexpr std::string_view narrow = "ijl.,:;'|!()[]ftI r";
    constexpr std::string_view wide = "mwMW@%";
    if (code >= 0x1100) {
      width += code >= 0x2000 && code < 0x2E80 ? 0.7 : 1.05;
    } else if (code >= 0x300 && code < 0x370) {
      width += 0;  // combining marks
    } else if (code < 0x80 && narrow.find(static_cast<char>(code)) != std::string_view::npos) {
      width += 0.38;
    } else if (code < 0x80 && wide.find(static_cast<char>(code)) != std::string_view::npos) {
      width += 1;
    } else {
      width += code >= 'A' && code <= 'Z' ? 0.74 : 0.64;
    }
  }
  return width;
}

/// `text`, printable, with an ellipsis in the middle where it would be wider than about `most` font sizes:
/// names of one table often begin alike.
[[nodiscard]] inline std::string ellipsize(std::string_view text, double most) {
  std::string whole = printable(text);
  if (text_width(whole) <= most) return whole;
  std::vector<std::string_view> characters;
  for (std::string_view rest = whole; !rest.empty();) {
    characters.push_back(rest.substr(0, (std::max)(utf8_size(rest), std::size_t{1})));
    rest.remove_prefix(characters.back().size());
  }
  double room = most - text_width("…");
  std::size_t front = 0;
  std::size_t back = 0;
  while (front + back < characters.size()) {
    const bool at_front = front <= back;
    const std::string_view next = characters[at_front ? front : characters.size() - 1 - back];
    room -= text_width(next);
    if (room < 0) break;
    ++(at_front ? front : back);
  }
  std::string begin;
  for (std::size_t i = 0; i < front; ++i) begin += characters[i];
  std::string end;
  for (std::size_t i = characters.size() - back; i < characters.size(); ++i) end += characters[i];
  while (begin.ends_with(' ')) begin.pop_back();
  while (end.starts_with(' ')) end.erase(0, 1);
  return begin + "…" + end;
}

/// A text of a reader's page, apart from what is around it where it is written from right to left. Texts of
/// more than about two lines are cut.
[[nodiscard]] inline std::string bdi(std::string_view text) {
  constexpr double most = 120;
  // Not to measure a megabyte.
  constexpr std::size_t most_bytes = 4096;
  if (text.size() <= most_bytes) return "<bdi>" + escape_html(ellipsize(text, most)) + "</bdi>";
  return "<bdi>" + escape_html(ellipsize(cut(text, most_bytes), most)) + "</bdi>";
}

/// A real minus, and commas between groups of three digits from five digits on: `−12,345.5`.
[[nodiscard]] inline std::string typeset(std::string digits) {
  std::string sign;
  if (digits.starts_with('-')) {
    digits.erase(0, 1);
    if (digits.find_first_not_of("0.") != std::string::npos) sign = "−";
  }
  std::size_t whole = (std::min)(digits.find('.'), digits.size());
  if (whole >= 5) {
    for (std::size_t at = whole; at > 3; at -= 3) digits.insert(at - 3, ",");
  }
  if (digits.starts_with(',')) digits.erase(0, 1);
  return sign + digits;
}

/// `factor×10ⁿ`, or `10ⁿ` of a factor of 1.
[[nodiscard]] inline std::string times_power_of_ten(std::string_view factor, int exponent) {
  std::string result = factor == "1" ? "10" : std::string(factor) + "×10";
  for (const char c : std::to_string(exponent)) {
    switch (c) {
      case '-':
        result += "⁻";
        break;
      case '1':
        result += "¹";
        break;
      case '2':
        result += "²";
        break;
      case '3':
        result += "³";
        break;
      default: {
        constexpr std::string_view others = "⁰   ⁴⁵⁶⁷⁸⁹";
        // Each superscript but those three has three bytes.
        const auto digit = static_cast<std::size_t>(c - '0');
        result += digit == 0 ? others.substr(0, 3) : others.substr(6 + 3 * (digit - 4), 3);
      }
    }
  }
  return result;
}

/// Without zeros at the end of decimals.
[[nodiscard]] inline std::string without_zeros(std::string digits) {
  if (digits.find('.') == std::string::npos) return digits;
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

/// A number for people, of about `digits` significant ones; `keep` the zeros at its end. `–` for NaN.
[[nodiscard]] inline std::string shown_number(double x, int digits = 4, bool keep = false) {
  if (std::isnan(x)) return "–";
  if (std::isinf(x)) return x > 0 ? "∞" : "−∞";
  if (x == 0) return "0";
  const double magnitude = std::abs(x);
  int exponent = static_cast<int>(std::floor(std::log10(magnitude)));
  constexpr double smallest = 1e-4;
  constexpr double largest = 1e10;
  if (magnitude < smallest || magnitude >= largest) {
    // Through text: powers of ten beyond the range of double would be 0 or infinite.
    std::array<char, 40> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                   std::chars_format::scientific, digits - 1)
                         .ptr;
    const std::string_view all(text.data(), static_cast<std::size_t>(end - text.data()));
    const std::size_t at = all.find('e');
    exponent = std::stoi(std::string(all.substr(at + 1)));
    const std::string factor = without_zeros(std::string(all.substr(0, at)));
    return (x < 0 ? "−" : "") + times_power_of_ten(factor, exponent);
  }
  const int decimals = (std::max)(digits - 1 - exponent, 0);
  const std::string text = fixed(x, decimals);
  return typeset(keep ? text : without_zeros(text));
}

/// A place in a drawing, to a tenth of its unit.
[[nodiscard]] inline std::string place(double x) {
  std::string text = without_zeros(fixed(x, 1));
  return text == "-0" ? "0" : text;
}

/// `1 row`, `12,000 rows`.
[[nodiscard]] inline std::string counted(Index count, const char* one, const char* many) {
  return typeset(std::to_string(count)) + " " + (count == 1 ? one : many);
}

}  // namespace detail::html

WICK_END_NAMESPACE
