#pragma once

// Attributes as JSON, so that their types survive in a map from texts to texts.

#include <wick/base/number.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/state/attributes.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void append_json(std::string& out, std::monostate) { out += "null"; }
inline void append_json(std::string& out, bool x) { out += x ? "true" : "false"; }
inline void append_json(std::string& out, std::int64_t x) { out += std::to_string(x); }
// JSON has no such numbers; Python's json module reads and writes them like this.
inline void append_json(std::string& out, double x) {
  out += std::isnan(x) ? "NaN" : std::isinf(x) ? (x > 0 ? "Infinity" : "-Infinity") : python_repr(x);
}
inline void append_json(std::string& out, const std::string& x) { append_json_string(out, x); }
template <class Value>
void append_json(std::string& out, const std::vector<Value>& list) {
  // The type of an empty list is not to be seen.
  if (list.empty() && !std::is_same_v<Value, std::int64_t>) {
    out += std::is_same_v<Value, double> ? "{\"numbers\": []}" : "{\"texts\": []}";
    return;
  }
  out += '[';
  for (const Value& x : list) {
    if (&x != &list.front()) out += ", ";
    append_json(out, x);
  }
  out += ']';
}

/// `value` as JSON: `null`, `true`, `12`, `0.5`, `"text"`, `[1, 2]`, `[0.9, 0.999]`, `["a", "b"]`. A number
/// that is no integer has a point or an exponent, or is NaN, Infinity or -Infinity. Lists without items are
/// `[]` for integers, `{"numbers": []}` and `{"texts": []}`.
[[nodiscard]] inline std::string attribute_text(const Attribute& value) {
  std::string text;
  std::visit([&](const auto& x) { append_json(text, x); }, value);
  return text;
}

/// A number of JSON or of Python's dialect, as an integer if it looks like one.
[[nodiscard]] inline std::variant<std::int64_t, double> read_json_number(JsonReader& json) {
  if (json.skip_word("NaN")) return std::numeric_limits<double>::quiet_NaN();
  if (json.skip_word("Infinity")) return std::numeric_limits<double>::infinity();
  if (json.skip_word("-Infinity")) return -std::numeric_limits<double>::infinity();
  const std::uint64_t at = json.next_offset();
  const std::string_view digits = json.number("a number");
  const auto read = [&]<class Value>(Value x) {
    if (std::from_chars(digits.data(), digits.data() + digits.size(), x).ec != std::errc()) {
      json.fail(at, "the number " + shown_name(digits, 40) + " does not fit in 64 bits");
    }
    return x;
  };
  if (digits.find_first_of(".eE") == std::string_view::npos) return read(std::int64_t{});
  return read(double{});
}

[[nodiscard]] inline Attribute read_json_list(JsonReader& json) {
  // Memory is taken once: items can be shorter than what it takes to keep them.
  std::vector<std::int64_t> integers;
  std::vector<double> numbers;
  std::vector<std::string> texts;
  json.array("a list", [&] {
    const bool is_text = json.peek() == '"';
    if (is_text ? !numbers.empty() || !integers.empty() : !texts.empty()) {
      json.fail("a list of both texts and numbers");
    }
    if (is_text) {
      if (texts.empty()) texts.reserve(json.count_ahead('"') / 2);
      return texts.push_back(json.string("a text"));
    }
    const std::size_t most = integers.empty() && numbers.empty() ? json.count_ahead(',') + 1 : 0;
    const auto x = read_json_number(json);
    const auto* integer = std::get_if<std::int64_t>(&x);
    if (integer != nullptr && numbers.empty()) {
      if (most > 0) integers.reserve(most);
      return integers.push_back(*integer);
    }
    if (!integers.empty()) {  // The first that is none: they are all numbers.
      numbers.reserve(integers.capacity());
      numbers.assign(integers.begin(), integers.end());
      integers = {};
    } else if (most > 0) {
      numbers.reserve(most);
    }
    numbers.push_back(integer != nullptr ? static_cast<double>(*integer) : std::get<double>(x));
  });
  if (!texts.empty()) return texts;
  if (!numbers.empty()) return numbers;
  return integers;
}

/// `{"numbers": []}` or `{"texts": []}`.
[[nodiscard]] inline Attribute read_json_empty_list(JsonReader& json) {
  const std::uint64_t at = json.next_offset();
  std::vector<std::string> types;
  json.object("a value", [&](const std::string& type) {
    types.push_back(type);
    json.array("a list", [&] { json.fail("expected an empty list"); });
  });
  if (types == std::vector<std::string>{"numbers"}) return std::vector<double>();
  if (types == std::vector<std::string>{"texts"}) return std::vector<std::string>();
  json.fail(at, R"(expected {"numbers": []} or {"texts": []})");
}

/// The value in text of attribute_text(), or in JSON of another program. Throws FormatError from `json`.
[[nodiscard]] inline Attribute read_attribute(JsonReader& json) {
  switch (json.peek()) {
    case '"':
      return json.string("a text");
    case '[':
      return read_json_list(json);
    case '{':
      return read_json_empty_list(json);
    default:
      break;
  }
  if (json.skip_word("null")) return std::monostate();
  if (json.skip_word("true")) return true;
  if (json.skip_word("false")) return false;
  return std::visit([](auto x) -> Attribute { return x; }, read_json_number(json));
}

}  // namespace detail

WICK_END_NAMESPACE
