#pragma once

// JSON as it is written, RFC 8259.

#include <wick/base/detail/utf8.hpp>
#include <wick/base/number.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Appends values to a text, with commas, line breaks and indentation where they belong.
class JsonWriter {
 public:
  /// What was written.
  [[nodiscard]] const std::string& text() const& noexcept { return text_; }
  [[nodiscard]] std::string text() && noexcept { return std::move(text_); }

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  /// The name of the next value.
  void key(std::string_view name) {
    separate();
    append_string(name);
    text_ += ": ";
    after_key_ = true;
  }
  void value(std::string_view content) {
    separate();
    append_string(content);
  }
  /// The shortest text that reads back as it is; `null` unless finite.
  void value(double number) {
    separate();
    append_number(number);
  }
  void value(Index number) {
    separate();
    text_ += std::to_string(number);
  }
  void value(bool flag) {
    separate();
    text_ += flag ? "true" : "false";
  }
  /// All on one line.
  void value(const std::vector<double>& numbers) {
    separate();
    text_ += '[';
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i > 0) text_ += ", ";
      append_number(numbers[i]);
    }
    text_ += ']';
  }

  /// A name and its value.
  template <class Value>
  void member(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }
  /// A text, unless it is empty.
  void text_member(std::string_view name, std::string_view content) {
    if (!content.empty()) member(name, content);
  }

 private:
  void begin(char bracket) {
    separate();
    text_ += bracket;
    ++depth_;
    first_ = true;
  }
  void end(char bracket) {
    --depth_;
    if (!first_) new_line();
    text_ += bracket;
    first_ = false;
  }
  void new_line() { text_.append(1, '\n').append(2 * depth_, ' '); }
  void separate() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (!first_) text_ += ',';
    if (depth_ > 0) new_line();
    first_ = false;
  }
  void append_number(double number) {
    if (!is_finite(number)) {
      text_ += "null";
      return;
    }
    std::array<char, 40> digits{};
    text_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
  }
  void append_string(std::string_view content) {
    constexpr std::string_view hex = "0123456789abcdef";
    text_ += '"';
    while (!content.empty()) {
      const std::size_t size = utf8_size(content);
      const char c = content[0];
      if (size == 0) {
        text_ += "\xEF\xBF\xBD";
      } else if (c == '"' || c == '\\') {
        text_ += {'\\', c};
      } else if (const auto byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7F) {
        text_ += {'\\', 'u', '0', '0', hex[byte >> 4U], hex[byte & 15U]};
      } else {
        text_ += content.substr(0, size);
      }
      content.remove_prefix(size == 0 ? 1 : size);
    }
    text_ += '"';
  }

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace detail

WICK_END_NAMESPACE
