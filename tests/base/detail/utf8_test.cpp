#include <wick/base/detail/utf8.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using wick::detail::plain_size;
using wick::detail::utf8_size;

TEST_CASE("a character of UTF-8 has one to four bytes") {
  CHECK(utf8_size("a") == 1);
  CHECK(utf8_size(std::string_view("\0", 1)) == 1);
  CHECK(utf8_size("\x7F\x80") == 1);
  CHECK(utf8_size("\xC2\x80") == 2);
  CHECK(utf8_size("\xC3\xA9more") == 2);
  CHECK(utf8_size("\xDF\xBF") == 2);
  CHECK(utf8_size("\xE0\xA0\x80") == 3);
  CHECK(utf8_size("\xED\x9F\xBF") == 3);
  CHECK(utf8_size("\xEE\x80\x80") == 3);
  CHECK(utf8_size("\xF0\x90\x80\x80") == 4);
  CHECK(utf8_size("\xF4\x8F\xBF\xBF") == 4);
}

TEST_CASE("nothing else is a character") {
  for (const std::string_view text : {"", "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC3(", "\xE2\x82",
                                      "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x90\x80", "\xFF"}) {
    CAPTURE(text);
    CHECK(utf8_size(text) == 0);
  }
}

TEST_CASE("printable ASCII at the beginning") {
  for (int c = 0; c < 256; ++c) {
    CAPTURE(c);
    const std::string text{'a', static_cast<char>(c), 'b'};
    CHECK(plain_size(text) == (c >= 0x20 && c < 0x7F ? 3 : 1));
  }
  CHECK(plain_size("") == 0);
  CHECK(plain_size({}) == 0);
  CHECK(plain_size("\x7F") == 0);
}
