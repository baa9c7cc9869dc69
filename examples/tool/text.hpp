#pragma once

// Text that a terminal, or a program that reads JSON, can be given whatever a file contains.

#include <wick/core/attributes.hpp>
#include <wick/core/number.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/bytes.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tool {

/// Bytes of the UTF-8 character that begins at `at`, 0 when there is none.
[[nodiscard]] inline std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return at + n <= text.size() && wick::ByteReader::is_utf8(text.substr(at, n)) ? n : 0;
}

/// The code point of a character whose bytes are valid.
[[nodiscard]] inline std::uint32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  std::uint32_t code = character.size() == 1 ? lead : lead & (0x7FU >> character.size());
  for (const char c : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

/// Control characters, which could command the terminal, those that change the direction
/// of writing, and bytes that are not UTF-8, all as hexadecimal numbers: `\x1b`. Line ends
/// stay if `lines`.
[[nodiscard]] inline std::string printable(std::string_view text, bool lines = false) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto is_shown = [lines](std::uint32_t code) {
    const auto in = [code](std::uint32_t first, std::uint32_t last) { return code >= first && code <= last; };
    const bool control = (code < 0x20 && !(lines && code == '\n')) || in(0x7F, 0x9F);
    const bool turns = code == 0x61C || in(0x200E, 0x200F) || in(0x202A, 0x202E) || in(0x2066, 0x2069);
    return !control && !turns;
  };
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = utf8_length(text, at);
    const std::string_view c = text.substr(at, (std::max)(n, std::size_t{1}));
    if (n > 0 && is_shown(code_point(c))) {
      result += c;
    } else {
      for (const char byte : c) {
        const auto b = static_cast<unsigned char>(byte);
        result += {'\\', 'x', digits[b >> 4U], digits[b & 15U]};
      }
    }
    at += c.size();
  }
  return result;
}

/// A JSON string (RFC 8259); bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t n = utf8_length(text, at);
    const char c = text[at];
    const auto code = static_cast<unsigned char>(c);
    if (n == 0) {
      result += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (c == '\n') {
      result += "\\n";
    } else if (code < 0x20 || code == 0x7F) {
      result += std::string("\\u00") + digits[code >> 4U] + digits[code & 15U];
    } else {
      result += text.substr(at, n);
    }
    at += (std::max)(n, std::size_t{1});
  }
  return result + '"';
}

/// A JSON number; JSON has no infinity and no NaN: they are the strings "inf", "-inf", "nan".
[[nodiscard]] inline std::string json_number(double x) {
  return std::isfinite(x) ? wick::python_repr(x) : '"' + wick::python_repr(x) + '"';
}

/// An attribute as JSON on one line; `strict` also where a number is infinite or NaN.
[[nodiscard]] inline std::string json_attribute(const wick::Attribute& attribute, bool strict = true) {
  const auto one = [strict]<class A>(const A& x) -> std::string {
    if constexpr (std::is_same_v<A, bool>) {
      return x ? "true" : "false";
    } else if constexpr (std::is_same_v<A, std::int64_t>) {
      return std::to_string(x);
    } else if constexpr (std::is_same_v<A, double>) {
      return strict ? json_number(x) : wick::python_repr(x);
    } else {
      return json_string(x);
    }
  };
  return std::visit(
      [&]<class A>(const A& value) -> std::string {
        if constexpr (std::is_same_v<A, std::vector<std::int64_t>> ||
                      std::is_same_v<A, std::vector<double>> || std::is_same_v<A, std::vector<std::string>>) {
          std::string list = "[";
          for (const auto& x : value) list += (list.size() > 1 ? ", " : "") + one(x);
          return list + "]";
        } else {
          return one(value);
        }
      },
      attribute);
}

/// An attribute for people: as JSON, cut off after `most` bytes.
[[nodiscard]] inline std::string attribute_text(const wick::Attribute& attribute, std::size_t most = 200) {
  std::string text = printable(json_attribute(attribute, false));
  if (text.size() <= most) return text;
  while (utf8_length(text, most) == 0) --most;
  return text.substr(0, most) + " ... (" + std::to_string(text.size()) + " bytes)";
}

/// The sizes of a network on one line.
[[nodiscard]] inline std::string architecture_text(const wick::Architecture& a) {
  std::string hidden;
  for (const wick::Index size : a.hidden_layers)
    hidden += (hidden.empty() ? "" : ", ") + std::to_string(size);
  return printable(a.type) + ": " + std::to_string(a.input_size) + " inputs, hidden layers [" + hidden +
         "], " + std::to_string(a.output_size) + " outputs, dropout " + wick::python_repr(a.dropout);
}

/// `8 tensors`, `1 tensor`.
[[nodiscard]] inline std::string counted(std::uint64_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// Rows of cells in aligned columns. Cells hold what terminals can be given.
class Table {
 public:
  /// `right` says of each column whether it is aligned on the right.
  explicit Table(std::vector<bool> right) : right_(std::move(right)) {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  friend std::ostream& operator<<(std::ostream& out, const Table& table) {
    std::vector<std::size_t> widths(table.right_.size());
    for (const auto& row : table.rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = (std::max)(widths[i], width(row[i]));
    }
    for (const auto& row : table.rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string gap(widths[i] - width(row[i]), ' ');
        line += "  " + (table.right_[i] ? gap + row[i] : row[i] + gap);
      }
      out << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
    }
    return out;
  }

 private:
  static std::size_t width(std::string_view text) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins));
  }

  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tool
