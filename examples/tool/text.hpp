#pragma once

// Text that a terminal, or a program that reads JSON, can be given whatever a file contains.

#include <wick/base/detail/utf8.hpp>
#include <wick/base/number.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/state/attributes.hpp>

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

/// `text` as a terminal can be given it, see wick::printable(); line ends and tabs stay if `lines`.
[[nodiscard]] inline std::string printable(std::string_view text, bool lines = false) {
  return lines ? wick::detail::message_text(text) : wick::printable(text);
}

/// A name in a table or on a line of its own: printable, and cut off if it is long.
[[nodiscard]] inline std::string shown(std::string_view name) {
  constexpr std::size_t most = 120;
  return wick::detail::shown_name(name, most);
}

/// A JSON string (RFC 8259); bytes that are not UTF-8 become U+FFFD. What a terminal should not be given as
/// it is, see wick::printable(), is escaped: the meaning is the same.
[[nodiscard]] inline std::string json_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  while (!text.empty()) {
    const std::size_t size = wick::detail::utf8_size(text);
    const char c = text[0];
    if (size == 0) {
      result += "\xEF\xBF\xBD";
    } else if (const std::uint32_t code = wick::detail::code_point(text, size);
               !wick::detail::is_shown(code)) {
      if (c == '\n') {
        result += "\\n";
      } else {
        result += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) result += digits[code >> shift & 15U];
      }
    } else if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix((std::max)(size, std::size_t{1}));
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
    if constexpr (std::is_same_v<A, std::monostate>) {
      return "null";
    } else if constexpr (std::is_same_v<A, bool>) {
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
  std::string text = json_attribute(attribute, false);
  const std::string_view part = wick::detail::cut(text, most);
  if (part.size() == text.size()) return text;
  return std::string(part) + " ... (" + std::to_string(text.size()) + " bytes)";
}

/// The sizes of a network on one line.
[[nodiscard]] inline std::string architecture_text(const wick::Architecture& a) {
  std::string hidden;
  for (const wick::Index size : a.hidden_layers)
    hidden += (hidden.empty() ? "" : ", ") + std::to_string(size);
  return shown(a.type) + ": " + std::to_string(a.input_size) + " inputs, hidden layers [" + hidden + "], " +
         std::to_string(a.output_size) + " outputs, dropout " + wick::python_repr(a.dropout);
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
