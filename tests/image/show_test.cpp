#include <wick/image/show.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>

using wick::ColorMode;
using wick::Shape;
using Pixels = wick::Tensor<std::uint8_t>;
using wick_tests::message_of;

namespace {

std::string shown(const Pixels& image, ColorMode mode, wick::Index max_columns = 120) {
  std::ostringstream out;
  wick::show(out, image, {.color = mode, .max_columns = max_columns});
  return out.str();
}

}  // namespace

TEST_CASE("two pixels share a character, the upper one as its colour, the lower as background") {
  const Pixels image = Pixels::from({{0, 255}, {10, 20}});
  CHECK(shown(image, ColorMode::truecolor) ==
        "\x1b[38;2;0;0;0;48;2;10;10;10m\u2580\x1b[38;2;255;255;255;48;2;20;20;20m\u2580\x1b[0m\n");
}

TEST_CASE("colours are written once for equal neighbours and anew in every line") {
  const Pixels image = Pixels::full(Shape{4, 3}, 9);
  const std::string line = "\x1b[38;2;9;9;9;48;2;9;9;9m\u2580\u2580\u2580\x1b[0m\n";
  CHECK(shown(image, ColorMode::truecolor) == line + line);
}

TEST_CASE("the last line of an odd height leaves the background alone") {
  CHECK(shown(Pixels::full(Shape{1, 1}, 7), ColorMode::truecolor) == "\x1b[38;2;7;7;7m\u2580\x1b[0m\n");
}

TEST_CASE("three channels are red, green and blue") {
  const std::uint8_t rgb[] = {1, 2, 3, 4, 5, 6};
  const Pixels image = Pixels::from(std::span<const std::uint8_t>(rgb), Shape{2, 1, 3});
  CHECK(shown(image, ColorMode::truecolor) == "\x1b[38;2;1;2;3;48;2;4;5;6m\u2580\x1b[0m\n");
}

TEST_CASE("greys of the 256-colour palette are the nearest ones") {
  // Entries of the palette: 16 is 0, 232 + k is 8 + 10 k (k = 0..23), 231 is 255.
  for (int grey = 0; grey < 256; ++grey) {
    CAPTURE(grey);
    const std::string text =
        shown(Pixels::full(Shape{1, 1}, static_cast<std::uint8_t>(grey)), ColorMode::gray256);
    const std::string head = "\x1b[38;5;";
    REQUIRE(text.rfind(head, 0) == 0);
    const int code = std::stoi(text.substr(head.size()));
    const auto value = [](int c) { return c == 16 ? 0 : c == 231 ? 255 : 8 + 10 * (c - 232); };
    int best = 256;
    for (int c : {16, 231}) best = std::min(best, std::abs(value(c) - grey));
    for (int c = 232; c < 256; ++c) best = std::min(best, std::abs(value(c) - grey));
    CHECK((code == 16 || code >= 231));
    CHECK(std::abs(value(code) - grey) == best);
  }
}

TEST_CASE("without colours brightness becomes characters") {
  CHECK(shown(Pixels::from({{0, 255, 128}, {0, 255, 128}}), ColorMode::ascii) == " @+\n");
  CHECK(shown(Pixels::full(Shape{1, 1}, 255), ColorMode::ascii) == "@\n");
}

TEST_CASE("a picture that is too wide is reduced by a whole factor") {
  // 4 x 5 with at most 3 columns: factor 2, squares of 2 x 2 and a last column of 2 x 1.
  const Pixels image = Pixels::from({{0, 4, 10, 10, 1}, {4, 8, 10, 10, 3}, {9, 9, 0, 1, 5}, {9, 9, 2, 3, 5}});
  CHECK(shown(image, ColorMode::truecolor, 3) ==
        "\x1b[38;2;4;4;4;48;2;9;9;9m\u2580\x1b[38;2;10;10;10;48;2;2;2;2m\u2580"
        "\x1b[38;2;2;2;2;48;2;5;5;5m\u2580\x1b[0m\n");
  CHECK(shown(image, ColorMode::ascii, 5).find('\n') == 5);
  CHECK(shown(image, ColorMode::ascii, 1).find('\n') == 1);
}

TEST_CASE("what is no picture is refused and nothing is written") {
  std::ostringstream out;
  for (const Shape& shape : {Shape{}, Shape{4}, Shape{2, 2, 2}, Shape{0, 3}, Shape{1, 2, 2, 3}}) {
    CHECK(message_of<wick::ShapeError>([&] { wick::show(out, Pixels::zeros(shape)); }) ==
          "show: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " + shape.str());
  }
  CHECK(message_of<wick::OptionError>([&] {
          wick::show(out, Pixels::zeros(Shape{2, 2}), {.max_columns = 0});
        }) == "show: max_columns must be >= 1, got 0");
  CHECK(out.str().empty());
}

TEST_CASE("the mode follows what the terminal says of itself") {
  using wick::color_mode_of;
  CHECK(color_mode_of(true, "truecolor", "xterm-256color", "") == ColorMode::truecolor);
  CHECK(color_mode_of(true, "24bit", "screen", "") == ColorMode::truecolor);
  CHECK(color_mode_of(true, "", "xterm-direct", "") == ColorMode::truecolor);
  CHECK(color_mode_of(true, "", "xterm-256color", "") == ColorMode::gray256);
  CHECK(color_mode_of(true, "", "vt100", "") == ColorMode::ascii);
  CHECK(color_mode_of(true, "truecolor", "dumb", "") == ColorMode::ascii);
  CHECK(color_mode_of(true, "truecolor", "xterm-256color", "1") == ColorMode::ascii);
  CHECK(color_mode_of(false, "truecolor", "xterm-256color", "") == ColorMode::ascii);
}
