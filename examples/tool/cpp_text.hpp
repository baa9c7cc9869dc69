#pragma once

// Numbers and texts in C++ sources that are written by a command.

#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace tool {

/// The shortest literal that is `x` again.
template <class T>
[[nodiscard]] std::string literal(T x) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x).ptr;
  std::string result(text.data(), end);
  if (result.find_first_of(".e") == std::string::npos) result += ".0";
  return std::is_same_v<T, float> ? result + 'F' : result;
}

/// `text` as a string literal, ASCII only.
[[nodiscard]] inline std::string string_literal(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (byte >= 0x20 && byte < 0x7F && c != '?') {
      result += c;
    } else {
      result += {'\\', static_cast<char>('0' + byte / 64), static_cast<char>('0' + byte / 8 % 8),
                 static_cast<char>('0' + byte % 8)};
    }
  }
  return result + '"';
}

/// The lines of a source.
class CppWriter {
 public:
  void line(const std::string& text = {}) { out_ += text + '\n'; }

  template <class T>
  void numbers(const std::string& name, std::span<const T> values) {
    out_ += "alignas(64) inline constexpr " + std::string(std::is_same_v<T, float> ? "float " : "double ") +
            name + "[] = {";
    std::size_t column = 200;
    for (const T x : values) {
      const std::string text = literal(x);
      if (column + text.size() > 100) {
        out_ += "\n ";
        column = 1;
      }
      out_ += ' ' + text + ',';
      column += text.size() + 2;
    }
    line("\n};");
  }

  [[nodiscard]] const std::string& text() const noexcept { return out_; }

 private:
  std::string out_;
};

}  // namespace tool
