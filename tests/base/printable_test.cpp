#include <wick/base/printable.hpp>

#include <wick/base/error.hpp>
#include <wick/state/load_state_dict.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace wick::detail;
using wick::printable;

namespace {

std::string utf8(std::uint32_t code) {
  const auto byte = [](std::uint32_t b) { return static_cast<char>(static_cast<unsigned char>(b)); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
}

}  // namespace

TEST_CASE("characters that command a terminal are escaped as Python escapes them, all others stay") {
  // Unicode 15, categories Cc, Zl and Zp, and the bidirectional controls of the Unicode Bidirectional
  // Algorithm.
  const auto commands = [](std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x61C || c == 0x200E || c == 0x200F || c == 0x2028 ||
           c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  };
  for (std::uint32_t c = 0; c < 0xD800; ++c) {
    const std::string text = utf8(c);
    const std::string shown = printable("a" + text + "b");
    if (!commands(c)) {
      REQUIRE(shown == "a" + text + "b");
      continue;
    }
    REQUIRE(shown.size() > 3);
    for (const char byte : shown) REQUIRE((byte >= 0x20 && byte < 0x7F));
  }
  CHECK(printable("\x1b[31m\a") == "\\x1b[31m\\x07");
  CHECK(printable("\xC2\x9B"
                  "2J") == "\\x9b2J");
  CHECK(printable("\u202Eabc\u2066") == "\\u202eabc\\u2066");
  CHECK(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("größe 日本語 \U0001F45F") == "größe 日本語 \U0001F45F");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
  CHECK(printable("\xFF\xC3(") == "\\xff\\xc3(");
  CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");  // half of a surrogate pair
  CHECK(printable("\xC0\x9B") == "\\xc0\\x9b");           // U+001B, overlong
  CHECK(printable("\xE2\x80") == "\\xe2\\x80");
}

TEST_CASE("long texts are cut between characters, and say how long they were") {
  CHECK(quoted_name("abc") == "\"abc\"");
  CHECK(quoted_name(std::string(300, 'x'), 5) == "\"xxxxx...\" (300 bytes)");
  CHECK(shown_name(std::string(300, 'x'), 5) == "xxxxx... (300 bytes)");
  CHECK(quoted_name("ääää", 5) == "\"ää...\" (8 bytes)");
  CHECK(quoted_name("日本語", 4) == "\"日...\" (9 bytes)");
  CHECK(cut("\x80\x80\x80\x80\x80\x80", 5).size() >= 2);  // no characters at all
  CHECK(quoted_name(std::string(1000, '\x1b')).size() < 1000);
  const std::vector<std::string> many(1000, "name");
  CHECK(quoted_names(many).ends_with("\"name\", and 900 more"));
  CHECK(quoted_names(std::vector<std::string>{"a", "b\n"}) == "\"a\", \"b\\n\"");
  CHECK(quoted_names(std::vector<std::string>(100, std::string(200, '\x1b'))).size() < 10000);
}

TEST_CASE("what an error says can be printed, whatever was put into it") {
  const wick::Error error("tensor \x1b]0;owned\a\xC2\x9B\xFF\n\tnext line \u2028");
  CHECK(std::string(error.what()) == "tensor \\x1b]0;owned\\x07\\x9b\\xff\n\tnext line \\u2028");
  const wick::FileError file("a\x1b.wick", "cannot open");
  CHECK(std::string(file.what()) == "a\\x1b.wick: cannot open");
  CHECK(file.path() == "a\x1b.wick");  // for programs, as it is
  const wick::FormatError format("f", 3, std::string(1 << 20, 'x'));
  CHECK(std::string_view(format.what()).size() < 70000);
  CHECK(std::string_view(format.what()).ends_with("... (1048590 bytes)"));
}

TEST_CASE("names of a file cannot add lines to PyTorch's text; programs get them as they are") {
  const std::string name = "w\n\tsize mismatch for output\x1b[2J";
  const wick::StateDict sd{{name, wick::AnyTensor::copy_of(wick::Tensor<float>::full({1}, 0.0F))}};
  try {
    static_cast<void>(wick::check_state_dict({"Network", {{"w", {1}}}}, sd));
    FAIL("expected an exception");
  } catch (const wick::StateDictError& e) {
    const std::string text = e.what();
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\n\tsize mismatch") == std::string::npos);
    CHECK(text.find(R"(Unexpected key(s) in state_dict: "w\n\tsize mismatch for output\x1b[2J". )") !=
          std::string::npos);
    CHECK(e.unexpected_keys() == std::vector<std::string>{name});
  }
}
