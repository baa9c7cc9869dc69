#include <wick/io/bytes/json.hpp>

#include "support/allocations.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using wick::detail::JsonReader;
using wick_tests::message_of;

namespace {

/// The message for `text`, read as one value of any kind, without the name of the file.
std::string refusal(std::string_view text, std::size_t depth = 16) {
  const std::string message = message_of<wick::FormatError>([&] {
    JsonReader json(text, "f", 100, depth);
    json.skip_value();
    json.end();
  });
  REQUIRE(message.starts_with("f: at byte "));
  return message.substr(11);
}
std::string text_of(std::string_view json) { return JsonReader(json, "f").string("a text"); }
std::uint64_t number_of(std::string_view json) { return JsonReader(json, "f").unsigned_integer("a size"); }
std::string number_refusal(std::string_view json) {
  return message_of<wick::FormatError>([&] { static_cast<void>(number_of(json)); });
}

}  // namespace

TEST_CASE("values of every kind are read") {
  for (const char* text : {
           "{}",
           "[]",
           "[[]]",
           R"({"a":1})",
           R"({"a":{},"b":[],"c":"d"})",
           "\"\"",
           "0",
           "-0",
           "7",
           "-12",
           "0.5",
           "1e9",
           "1E+9",
           "-1.25e-3",
           "1.0",
           "true",
           "false",
           "null",
           " \t\r\n[ 1 , 2 ] \n",
           R"({ "a" : 1 , "b" : 2 })",
           "[true,false,null,1,\"x\",{}]",
           "\"\\u0000\\uD83D\\uDE00\"",
           "12345678901234567890123456789",
       }) {
    CAPTURE(text);
    JsonReader json(text, "f");
    CHECK_NOTHROW(json.skip_value());
    CHECK_NOTHROW(json.end());
  }
}

TEST_CASE("objects and arrays hand out what is in them, in order") {
  std::string seen;
  JsonReader json(R"( {"b": [1, 22], "a": "x", "": [] } )", "f");
  json.object("an object", [&](const std::string& key) {
    seen += key + ":";
    if (json.peek() == '[') {
      json.array("an array", [&] { seen += std::to_string(json.unsigned_integer("a number")) + ","; });
    } else {
      seen += json.string("a text");
    }
    seen += ";";
  });
  json.end();
  CHECK(seen == "b:1,22,;a:x;:;");
}

TEST_CASE("escapes of texts are undone") {
  CHECK(text_of(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(text_of(R"("\u0041\u00e9\u20AC\u0000")") == std::string("A\u00e9\u20ac\0", 7));
  CHECK(text_of(R"("\ud83d\ude00")") == "\U0001f600");
  CHECK(text_of(R"("\uDBFF\uDFFF")") == "\U0010ffff");
  CHECK(text_of("\"\u00e9 \x7f\"") == "\u00e9 \x7f");
}

TEST_CASE("texts with every character are written so that they read back") {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\u00e9\u20ac\U0001f600";
  std::string json;
  wick::detail::append_json_string(json, all);
  CHECK(text_of(json) == all);
  std::string controls;
  wick::detail::append_json_string(controls, "\x01\x1f\b\f\n\r\t\"\\/\x7f");
  CHECK(controls == "\"\\u0001\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\x7f\"");
}

TEST_CASE("integers are read up to the last one that fits") {
  CHECK(number_of("0") == 0);
  CHECK(number_of("18446744073709551615") == ~std::uint64_t{0});
  CHECK(number_refusal("18446744073709551616") == "f: at byte 0: a size is 18446744073709551616, past 2^64");
  CHECK(number_refusal("-1") == "f: at byte 0: expected a size, an integer of 0 or more, got '-'");
  CHECK(number_refusal("-0") == "f: at byte 0: expected a size, an integer of 0 or more, got '-'");
  CHECK(number_refusal(" 1.0") == "f: at byte 1: expected a size, an integer of 0 or more, got '1'");
  CHECK(number_refusal("1e2") == "f: at byte 0: expected a size, an integer of 0 or more, got '1'");
  CHECK(number_refusal("\"1\"") == "f: at byte 0: expected a size, an integer of 0 or more, got '\"'");
  CHECK(number_refusal("") ==
        "f: at byte 0: expected a size, an integer of 0 or more, got the end of the text");
}

TEST_CASE("what is not JSON is refused where it goes wrong") {
  const std::string end = "got the end of the text";
  CHECK(refusal("") == "100: expected a value, " + end);
  CHECK(refusal("  ") == "102: expected a value, " + end);
  CHECK(refusal("{") == "101: expected a key in quotes, " + end);
  CHECK(refusal("[") == "101: expected a value, " + end);
  CHECK(refusal("[1") == "102: expected ',' or ']', " + end);
  CHECK(refusal("[1,") == "103: expected a value, " + end);
  CHECK(refusal("[1,]") == "103: expected a value, got ']'");
  CHECK(refusal("[1 2]") == "103: expected ',' or ']', got '2'");
  CHECK(refusal("[,1]") == "101: expected a value, got ','");
  CHECK(refusal("[1}") == "102: expected ',' or ']', got '}'");
  CHECK(refusal("{1:2}") == "101: expected a key in quotes, got '1'");
  CHECK(refusal("{\"a\"}") == "104: expected ':' after the key 'a', got '}'");
  CHECK(refusal("{\"a\":}") == "105: expected a value, got '}'");
  CHECK(refusal("{\"a\":1,}") == "107: expected a key in quotes, got '}'");
  CHECK(refusal("{\"a\":1 \"b\":2}") == "107: expected ',' or '}', got '\"'");
  CHECK(refusal("{} {}") == "103: expected the end, got '{'");
  CHECK(refusal("1 1") == "102: expected the end, got '1'");
  CHECK(refusal("tru") == "100: expected a value, got 't'");
  CHECK(refusal("True") == "100: expected a value, got 'T'");
  CHECK(refusal("nulll") == "104: expected the end, got 'l'");
  CHECK(refusal("'a'") == "100: expected a value, got \"'\"");
  CHECK(refusal("\u20ac") == "100: expected a value, got '\u20ac'");
  CHECK(refusal("[1]\n// comment") == "104: expected the end, got '/'");
  CHECK(refusal("\xEF\xBB\xBF{}") == "100: expected a value, got '\xEF\xBB\xBF'");  // a byte order mark
  for (const char* text : {"-", "+1", ".5", "1.", "1.e3", "1e", "1e+", "NaN", "Infinity", "-Infinity"}) {
    CHECK(refusal(text) == "100: expected a value, got '" + std::string(1, text[0]) + "'");
  }
  CHECK(refusal("01") == "101: expected the end, got '1'");
  CHECK(refusal("0x10") == "101: expected the end, got 'x'");
  CHECK(refusal(std::string_view("1\0", 2)) == "101: expected the end, got '\\x00'");
}

TEST_CASE("texts that JSON forbids are refused") {
  CHECK(refusal("\"abc") == "100: a text without end");
  CHECK(refusal("[\"abc\\\"]") == "101: a text without end");
  CHECK(refusal("\"a\nb\"") == "102: a control character in a text");
  CHECK(refusal(std::string_view("\"\0\"", 3)) == "101: a control character in a text");
  CHECK(refusal("\"a\x1f\"") == "102: a control character in a text");
  for (const char* escape :
       {"\\x41", "\\a", "\\'", "\\0", "\\u", "\\u12", "\\u12g4", "\\u+123", "\\U0041", "\\u 123", "\\"}) {
    CHECK(refusal("\"a" + std::string(escape) + (std::string(escape) == "\\" ? "" : "\"")) ==
          "102: an unknown escape in a text");
  }
  for (const char* escape :
       {"\\ud800", "\\udbff\\u0041", "\\udc00", "\\udfff\\ud800", "\\ud800x", "\\ud800\\ud800"}) {
    CHECK(refusal("\"a" + std::string(escape) + "\"") == "102: half of a surrogate pair");
  }
  CHECK(refusal("\"\\ud800\\n\"") == "101: an unknown escape in a text");
  CHECK(refusal("\"a\xFF\"") == "102: the JSON text is not UTF-8");
  CHECK(refusal("[\"\u20ac\xC0\x80\"]") == "105: the JSON text is not UTF-8");
  CHECK(refusal("\"\xED\xA0\x80\"") == "101: the JSON text is not UTF-8");
  CHECK(refusal("\"\xE2\x82") == "101: the JSON text is not UTF-8");
}

TEST_CASE("no object has a key twice") {
  CHECK(refusal(R"({"a":1,"b":2,"a":3})") == "113: the key 'a' is there twice");
  CHECK(refusal(R"({"a":1, "\u0061":3})") == "108: the key 'a' is there twice");
  CHECK(refusal(R"([{"x":{"":0,"":1}}])") == "112: the key '' is there twice");
}

TEST_CASE("nesting has a bound, and a text of brackets alone costs nothing") {
  CHECK_NOTHROW(JsonReader("[[[]]]", "f", 0, 3).skip_value());
  CHECK(refusal("[[[[]]]]", 3) == "103: objects and arrays are nested too deeply");
  CHECK(refusal(R"({"a":{"b":1}})", 1) == "105: objects and arrays are nested too deeply");
  // As many in a row as one likes.
  JsonReader many("[[],[],[],{},{}]", "f", 0, 2);
  CHECK_NOTHROW(many.skip_value());
  const std::string brackets(1'000'000, '[');
  std::string message;
  const auto n = wick_tests::allocations_in([&] {
    try {
      JsonReader(brackets, "f").skip_value();
    } catch (const wick::FormatError& e) {
      message = e.what();
    }
  });
  CHECK(message == "f: at byte 16: objects and arrays are nested too deeply");
  CHECK(n < 20);
}
