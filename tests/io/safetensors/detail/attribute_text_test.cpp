#include <wick/io/safetensors/detail/attribute_text.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using wick::Attribute;
using wick::detail::attribute_text;
using wick_tests::message_of;

namespace {

Attribute read(std::string_view text) {
  wick::detail::JsonReader json(text, "f");
  Attribute value = wick::detail::read_attribute(json);
  json.end();
  return value;
}
std::string refusal(std::string_view text) {
  return message_of<wick::FormatError>([&] { static_cast<void>(read(text)); });
}
std::int64_t operator""_i(unsigned long long x) { return static_cast<std::int64_t>(x); }

}  // namespace

TEST_CASE("each type of attribute has a form of its own, from which it is read back") {
  using Integers = std::vector<std::int64_t>;
  using Numbers = std::vector<double>;
  using Texts = std::vector<std::string>;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const std::vector<std::pair<Attribute, std::string>> forms{
      {std::monostate(), "null"},
      {true, "true"},
      {false, "false"},
      {0_i, "0"},
      {-5_i, "-5"},
      {(std::numeric_limits<std::int64_t>::min)(), "-9223372036854775808"},
      {(std::numeric_limits<std::int64_t>::max)(), "9223372036854775807"},
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {1e-8, "1e-08"},
      {1e300, "1e+300"},
      {0.1, "0.1"},
      {5e-324, "5e-324"},
      {infinity, "Infinity"},
      {-infinity, "-Infinity"},
      {"", "\"\""},
      {"1", "\"1\""},
      {"a \"b\"\n\u20ac", "\"a \\\"b\\\"\\n\u20ac\""},
      {Integers{}, "[]"},
      {Integers{1}, "[1]"},
      {Integers{512, -1, 0}, "[512, -1, 0]"},
      {Numbers{}, "{\"numbers\": []}"},
      {Numbers{0.9, 0.999}, "[0.9, 0.999]"},
      {Numbers{1, infinity, -infinity}, "[1.0, Infinity, -Infinity]"},
      {Texts{}, "{\"texts\": []}"},
      {Texts{"a", "", "\\"}, "[\"a\", \"\", \"\\\\\"]"},
  };
  for (const auto& form : forms) {
    const Attribute& value = form.first;
    const std::string& text = form.second;
    CAPTURE(text);
    CHECK(attribute_text(value) == text);
    const Attribute back = read(text);
    CHECK(back == value);
    if (const auto* x = std::get_if<double>(&value))
      CHECK(std::signbit(std::get<double>(back)) == std::signbit(*x));
  }
  CHECK(attribute_text(std::numeric_limits<double>::quiet_NaN()) == "NaN");
  CHECK(std::isnan(std::get<double>(read("NaN"))));
  CHECK(std::isnan(std::get<std::vector<double>>(read("[NaN]"))[0]));
}

TEST_CASE("numbers keep every bit") {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10000; ++i) {
    const double x = std::bit_cast<double>(random());
    if (std::isnan(x)) continue;
    const Attribute back = read(attribute_text(x));
    CHECK(std::bit_cast<std::uint64_t>(std::get<double>(back)) == std::bit_cast<std::uint64_t>(x));
  }
}

TEST_CASE("what json.dumps of Python writes is read") {
  CHECK(read("[1, 0.5]") == Attribute(std::vector<double>{1, 0.5}));
  CHECK(read("[0.5, 1]") == Attribute(std::vector<double>{0.5, 1}));
  CHECK(read(" [ 1 , NaN ] ").index() == Attribute(std::vector<double>()).index());
  CHECK(read("\"\\u20ac\"") == Attribute("\u20ac"));
  CHECK(read("1e3") == Attribute(1000.0));
}

TEST_CASE("JSON that is no attribute is refused") {
  CHECK(refusal("nul") == "f: at byte 0: expected a number, got 'n'");
  CHECK(refusal("") == "f: at byte 0: expected a number, got the end of the text");
  CHECK(refusal("Network") == "f: at byte 0: expected a number, got 'N'");
  CHECK(refusal("[1, \"a\"]") == "f: at byte 4: a list of both texts and numbers");
  CHECK(refusal("[\"a\", 1]") == "f: at byte 6: a list of both texts and numbers");
  CHECK(refusal("[[1]]") == "f: at byte 1: expected a number, got '['");
  CHECK(refusal("[true]") == "f: at byte 1: expected a number, got 't'");
  for (const char* text : {"{}", "{\"a\": []}", "{\"texts\": [], \"numbers\": []}"}) {
    CHECK(refusal(text) == "f: at byte 0: expected {\"numbers\": []} or {\"texts\": []}");
  }
  CHECK(refusal("{\"texts\": [1]}") == "f: at byte 11: expected an empty list");
  CHECK(refusal("9223372036854775808") ==
        "f: at byte 0: the number 9223372036854775808 does not fit in 64 bits");
  CHECK(refusal("[1, 1e999]") == "f: at byte 4: the number 1e999 does not fit in 64 bits");
  CHECK(refusal("1 2") == "f: at byte 2: expected the end, got '2'");
}
