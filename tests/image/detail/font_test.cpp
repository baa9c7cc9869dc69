#include <wick/image/detail/font.hpp>

#include <doctest/doctest.h>

#include <set>
#include <utility>

using wick::detail::glyph_of;

TEST_CASE("every printable character has a picture of its own within five columns") {
  std::set<std::pair<wick::detail::Glyph, bool>> seen;
  for (char c = ' '; c <= '~'; ++c) {
    CAPTURE(c);
    unsigned dots = 0;
    for (const std::uint8_t row : glyph_of(c)) {
      CHECK(row < 32);
      dots |= row;
    }
    CHECK((dots == 0) == (c == ' '));
    CHECK(seen.insert({glyph_of(c), wick::detail::descends(c)}).second);
    CHECK(glyph_of(c) != wick::detail::unknown_glyph);
  }
  CHECK(seen.size() == 95);
}

TEST_CASE("other characters are a box") {
  for (const char c : {'\0', '\n', '\x7f', '\x80', '\xff'}) CHECK(glyph_of(c) == wick::detail::unknown_glyph);
}

TEST_CASE("letters look as they should") {
  CHECK(glyph_of('T') == wick::detail::Glyph{0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04});
  CHECK(glyph_of('H') == wick::detail::Glyph{0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11});
}
