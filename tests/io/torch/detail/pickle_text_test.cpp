#include <wick/io/torch/detail/pickle_text.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace wick::detail;

TEST_CASE("decimal numbers become two's complement, as long division finds it") {
  CHECK(decode_integer_line("0") == std::string(1, '\0'));
  CHECK(decode_integer_line("127") == "\x7f");
  CHECK(decode_integer_line("128") == std::string("\x80\0", 2));
  CHECK(decode_integer_line("-128") == "\x80");
  CHECK(decode_integer_line("-129") == "\x7f\xff");
  CHECK(decode_integer_line("-1") == "\xff");
  CHECK(decode_integer_line("-0") == std::string(1, '\0'));
  CHECK(decode_integer_line("000255") == std::string("\xff\0", 2));
  // Python: (-2**80).to_bytes(11, 'little', signed=True)
  CHECK(decode_integer_line("-1208925819614629174706176") == std::string(10, '\0') + "\xff");
  CHECK(decode_integer_line("1208925819614629174706175") == std::string(10, '\xff') + std::string(1, '\0'));
  for (const char* no : {"", "-", "+1", "1 ", "0x1", "1.0", "--1", "1_0"})
    CHECK_FALSE(decode_integer_line(no));
  // Digits of any count, divided by 256 again and again on paper.
  std::uint32_t seed = 1;
  for (std::size_t digits = 1; digits < 200; ++digits) {
    std::string text;
    for (std::size_t i = 0; i < digits; ++i) {
      seed = seed * 1664525U + 1013904223U;
      text += static_cast<char>('0' + (seed >> 24) % 10);
    }
    std::string left = text;
    std::string expected;
    while (left.find_first_not_of('0') != std::string::npos) {
      unsigned rest = 0;
      for (char& c : left) {
        rest = rest * 10 + static_cast<unsigned>(c - '0');
        c = static_cast<char>('0' + rest / 256);
        rest %= 256;
      }
      expected += static_cast<char>(rest);
    }
    if (expected.empty() || (expected.back() & 0x80) != 0) expected += '\0';
    CAPTURE(text);
    CHECK(decode_integer_line(text) == expected);
    // A number and its negative have the sum 0.
    const std::string negative = decode_integer_line("-" + text).value_or("");
    unsigned carry = 0;
    for (std::size_t i = 0; i < expected.size() + 1; ++i) {
      const auto at = [i](const std::string& s) {
        const char fill = (s.back() & 0x80) != 0 ? '\xff' : '\0';
        return static_cast<unsigned>(static_cast<unsigned char>(i < s.size() ? s[i] : fill));
      };
      carry += at(expected) + at(negative);
      CHECK((carry & 0xFFU) == 0);
      carry >>= 8;
    }
  }
}

TEST_CASE("every code point has its UTF-8 form") {
  for (std::uint32_t c = 0; c <= 0x110000; c += c < 0x11000 ? 1 : 97) {
    std::string text;
    const bool ok = append_utf8(text, c);
    CHECK(ok == (c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF)));
    if (ok) CHECK(wick::ByteReader::is_utf8(text));
    if (ok) CHECK(text.size() == (c < 0x80 ? 1U : c < 0x800 ? 2U : c < 0x10000 ? 3U : 4U));
  }
}

TEST_CASE("texts of protocol 0") {
  CHECK(decode_unicode_line("a\\u0041\\U0001f40d\xe4\\n") == "aA\xf0\x9f\x90\x8d\xc3\xa4\\n");
  for (const char* no : {"\\u12", "\\u12g4", "\\U0001f40", "\\ud83d\\udc0d", "\\U00110000", "\\u-001"}) {
    CHECK_FALSE(decode_unicode_line(no));
  }
  CHECK(decode_string_line("'a\\\\\\'\\n\\x00\\101\\0'") == std::string("a\\'\n\0A\0", 7));
  CHECK(decode_string_line("\"it's\" ") == "it's");
  for (const char* no : {"", "'", "'a", "a'", "'a\"", "'\\'", "'\\q'", "'\\x4'"})
    CHECK_FALSE(decode_string_line(no));
  CHECK(decode_float_line("-1.5e300") == -1.5e300);
  for (const char* no : {"", " 1", "1 ", "0x1p3", "1e999", "one"}) CHECK_FALSE(decode_float_line(no));
}

TEST_CASE("persistent ids of protocol 0") {
  const auto items = shown_tuple("('storage', <class 'torch.FloatStorage'>, '0', 'cpu', 128, None)");
  REQUIRE(items.has_value());
  REQUIRE(items->size() == 6);
  CHECK((*items)[0].text == "storage");
  CHECK((*items)[1].kind == ShownItem::Kind::global);
  CHECK((*items)[1].text == "torch.FloatStorage");
  CHECK((*items)[4].kind == ShownItem::Kind::integer);
  CHECK((*items)[5].kind == ShownItem::Kind::none);
  for (const char* no : {"", "(", "('a", "('a' )", "('a\\'b')", "(<class 'a)", "'a'"})
    CHECK_FALSE(shown_tuple(no));
}
