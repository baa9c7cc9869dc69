#pragma once

// A strict reader of JSON that makes no tree: the caller says what it expects, value by value.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/function_ref.hpp>
#include <wick/io/bytes/bytes.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What JsonReader throws: fault() is what is wrong, without the file and the place.
class JsonError : public FormatError {
 public:
  JsonError(const std::string& name, std::uint64_t offset, const std::string& fault)
      : FormatError(name, offset, fault), fault_(fault) {}
  [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

 private:
  std::string fault_;
};

/// Reads JSON (RFC 8259, https://www.rfc-editor.org/rfc/rfc8259) from front to back. Stricter than that: no
/// object has a key twice, and escapes of surrogates come in pairs.
///
/// Every function throws JsonError with the position of the fault. Nothing is allocated but the texts and
/// keys that are there.
class JsonReader {
 public:
  /// `text` begins at byte `offset` of the file that `name` stands for; containers nest up to `depth` deep.
  JsonReader(std::string_view text, std::string name, std::uint64_t offset = 0, std::size_t depth = 16)
      : text_(text), name_(std::move(name)), base_(offset), depth_left_(depth) {
    if (!ByteReader::is_utf8(text)) {
      while (const std::size_t n = character_bytes()) at_ += n;
      fail("the JSON text is not UTF-8");
    }
  }

  /// The first character of the next value, or 0 at the end.
  [[nodiscard]] char peek() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  /// Position in the file, of what was read last or of the next value.
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + at_; }
  [[nodiscard]] std::uint64_t next_offset() {
    static_cast<void>(peek());
    return offset();
  }
  [[noreturn]] void fail(const std::string& what) const { throw JsonError(name_, offset(), what); }
  [[noreturn]] void fail(std::uint64_t offset, const std::string& what) const {
    throw JsonError(name_, offset, what);
  }

  /// Calls `on_member(key)` for each member; it must read the value.
  void object(const char* what, FunctionRef<void(const std::string&)> on_member) {
    enter(what, '{');
    std::set<std::string, std::less<>> keys;
    for (bool first = true; more(first, '}'); first = false) {
      const std::uint64_t key_at = next_offset();
      const auto [key, is_new] = keys.insert(string("a key"));
      if (!is_new) fail(key_at, "the key " + python_quoted(*key) + " is there twice");
      if (peek() != ':') expected("':' after the key " + python_quoted(*key));
      ++at_;
      on_member(*key);
    }
    ++depth_left_;
  }
  /// Calls `on_item()` for each item; it must read the value.
  void array(const char* what, FunctionRef<void()> on_item) {
    enter(what, '[');
    for (bool first = true; more(first, ']'); first = false) on_item();
    ++depth_left_;
  }
  [[nodiscard]] std::string string(const char* what) {
    if (peek() != '"') expected(std::string(what) + " in quotes");
    const std::uint64_t begin = offset();
    ++at_;
    std::string result;
    for (;;) {
      const std::size_t from = at_;
      while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
      result.append(text_.substr(from, at_ - from));
      if (at_ == text_.size() || text_[at_] == '"') break;
      if (text_[at_] != '\\') fail("a control character in a text");
      append_escape(result);
    }
    if (at_ == text_.size()) fail(begin, "a text without end");
    ++at_;
    return result;
  }
  /// A number without sign, fraction and exponent, below 2^64.
  [[nodiscard]] std::uint64_t unsigned_integer(const char* what) {
    const std::uint64_t begin = next_offset();
    const std::string_view digits = peek_number();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || error == std::errc::invalid_argument ||
        (error == std::errc() && end != digits.data() + digits.size())) {
      expected(std::string(what) + ", an integer of 0 or more");
    }
    if (error != std::errc())
      fail(begin, std::string(what) + " is " + shown_name(digits, 40) + ", past 2^64");
    at_ += digits.size();
    return value;
  }
  /// A number in its text, which has the form of JSON's numbers.
  [[nodiscard]] std::string_view number(const char* what) {
    static_cast<void>(peek());
    const std::string_view digits = peek_number();
    if (digits.empty()) expected(what);
    at_ += digits.size();
    return digits;
  }
  /// Whether `word` comes next, such as `true`; then it is read.
  [[nodiscard]] bool skip_word(std::string_view word) {
    static_cast<void>(peek());
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  /// Reads a value of any kind and forgets it.
  void skip_value() {
    switch (peek()) {
      case '{':
        return object("an object", [this](const std::string&) { skip_value(); });
      case '[':
        return array("an array", [this] { skip_value(); });
      case '"':
        return static_cast<void>(string("a text"));
      default:
        if (!skip_word("true") && !skip_word("false") && !skip_word("null")) {
          static_cast<void>(number("a value"));
        }
    }
  }
  /// How often `c` is in the rest of the text: no more items than that can follow.
  [[nodiscard]] std::size_t count_ahead(char c) const noexcept {
    return static_cast<std::size_t>(std::ranges::count(text_.substr(at_), c));
  }
  /// Throws unless only white space is left.
  void end() {
    if (peek() != '\0' || at_ < text_.size()) expected("the end");
  }

 private:
  [[nodiscard]] static constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
  /// Whether a character of a text stands for itself.
  [[nodiscard]] static constexpr bool is_plain(char c) noexcept {
    return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20;
  }

  [[noreturn]] void expected(const std::string& what) {
    static_cast<void>(peek());
    const auto next = text_.substr(at_, character_bytes());
    fail("expected " + what + ", got " +
         (next.empty() ? std::string("the end of the text") : python_quoted(next)));
  }
  /// The length of the character that is next, or 0 if there is none or it is not UTF-8.
  [[nodiscard]] std::size_t character_bytes() const {
    constexpr std::size_t most = 4;
    for (std::size_t n = 1; n <= most && at_ + n <= text_.size(); ++n) {
      if (ByteReader::is_utf8(text_.substr(at_, n))) return n;
    }
    return 0;
  }

  void enter(const char* what, char bracket) {
    if (peek() != bracket) expected(what);
    if (depth_left_ == 0) fail("objects and arrays are nested too deeply");
    --depth_left_;
    ++at_;
  }
  /// Whether another member or item follows; otherwise the closing bracket has been read.
  [[nodiscard]] bool more(bool first, char bracket) {
    if (peek() == bracket) {
      ++at_;
      return false;
    }
    if (first) return true;
    if (peek() != ',') expected(std::string("',' or '") + bracket + "'");
    ++at_;
    return true;
  }

  /// -? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][+-]?[0-9]+)? at the position, or nothing.
  [[nodiscard]] std::string_view peek_number() const {
    std::size_t end = at_;
    const auto is = [&](std::string_view set) {
      return end < text_.size() && set.find(text_[end]) != std::string_view::npos;
    };
    const auto digits = [&] {
      const std::size_t begin = end;
      while (end < text_.size() && text_[end] >= '0' && text_[end] <= '9') ++end;
      return end > begin;
    };
    if (is("-")) ++end;
    if (is("0")) {
      ++end;
    } else if (!digits()) {
      return {};
    }
    if (is(".")) {
      ++end;
      if (!digits()) return {};
    }
    if (is("eE")) {
      ++end;
      if (is("+-")) ++end;
      if (!digits()) return {};
    }
    return text_.substr(at_, end - at_);
  }

  void append_escape(std::string& result) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const std::uint64_t begin = offset();
    ++at_;
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const auto letter = letters.find(c);
    if (letter != std::string_view::npos) {
      ++at_;
      result += meanings[letter];
      return;
    }
    std::uint32_t code = escaped_unit(begin);
    if (code >= 0xD800 && code < 0xDC00) {
      const std::uint32_t high = code - 0xD800;
      const bool has_low = text_.substr(at_).starts_with('\\');
      if (has_low) ++at_;
      const std::uint32_t low = has_low ? escaped_unit(begin) : 0;
      if (low < 0xDC00 || low > 0xDFFF) fail(begin, "half of a surrogate pair");
      code = 0x10000 + (high << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      fail(begin, "half of a surrogate pair");
    }
    append_utf8(result, code);
  }
  /// The four digits of \uXXXX, after the backslash.
  [[nodiscard]] std::uint32_t escaped_unit(std::uint64_t begin) {
    const std::string_view digits = text_.substr(at_).starts_with('u') ? text_.substr(at_ + 1, 4) : "";
    std::uint32_t code = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16).ptr;
    if (digits.size() != 4 || end != digits.data() + digits.size())
      fail(begin, "an unknown escape in a text");
    at_ += 5;
    return code;
  }
  static void append_utf8(std::string& result, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { result += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0U | (code >> 6));
      put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
      put(0xE0U | (code >> 12));
      put(0x80U | ((code >> 6) & 0x3FU));
      put(0x80U | (code & 0x3FU));
    } else {
      put(0xF0U | (code >> 18));
      put(0x80U | ((code >> 12) & 0x3FU));
      put(0x80U | ((code >> 6) & 0x3FU));
      put(0x80U | (code & 0x3FU));
    }
  }

  std::string_view text_;
  std::string name_;
  std::uint64_t base_;
  std::size_t at_ = 0;
  std::size_t depth_left_;
};

/// `text` in quotes, with the escapes that JSON demands.
inline void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
      case '\\':
        out += {'\\', c};
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20) {
          out += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15U]};
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

}  // namespace detail

WICK_END_NAMESPACE
