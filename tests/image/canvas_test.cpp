#include <wick/image/canvas.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using wick::Canvas;
using wick::Color;
using wick::Image;
using wick::Index;
using wick::Shape;

namespace {

constexpr Color ink{10, 20, 30};

Color at(const Canvas& canvas, Index x, Index y) {
  const std::uint8_t* p = canvas.image().data() + (y * canvas.width() + x) * 3;
  return {p[0], p[1], p[2]};
}

/// Rows of '#' (exactly ink), '.' (exactly white) and '+' (between).
std::vector<std::string> picture_of(const Canvas& canvas) {
  std::vector<std::string> rows;
  for (Index y = 0; y < canvas.height(); ++y) {
    rows.emplace_back();
    for (Index x = 0; x < canvas.width(); ++x) {
      const Color c = at(canvas, x, y);
      rows.back() += c == ink ? '#' : c == wick::colors::white ? '.' : '+';
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("a rectangle fills its pixels and is cut off at the edges") {
  Canvas canvas(4, 3);
  canvas.rectangle(1, 1, 2, 1, ink);
  CHECK(picture_of(canvas) == std::vector<std::string>{"....", ".##.", "...."});
  canvas.rectangle(-5, 2, 7, 9, ink);
  CHECK(picture_of(canvas) == std::vector<std::string>{"....", ".##.", "##.."});
  canvas.rectangle(9, 9, 3, 3, ink);
  canvas.rectangle(0, 0, 0, -4, ink);
  CHECK(picture_of(canvas) == std::vector<std::string>{"....", ".##.", "##.."});
}

TEST_CASE("text is drawn dot by dot, larger with a scale, and upwards on request") {
  Canvas canvas(11, 7);
  canvas.text(0, 0, "Ti", ink);
  CHECK(picture_of(canvas) == std::vector<std::string>{"#####...#..", "..#........", "..#....##..",
                                                       "..#.....#..", "..#.....#..", "..#.....#..",
                                                       "..#....###."});
  Canvas twice(22, 14);
  twice.text(0, 0, "Ti", ink, 2);
  Canvas upwards(7, 11);
  upwards.text(0, 11, "Ti", ink, 1, true);
  for (Index y = 0; y < 7; ++y) {
    for (Index x = 0; x < 11; ++x) {
      CHECK(at(twice, 2 * x, 2 * y) == at(canvas, x, y));
      CHECK(at(twice, 2 * x + 1, 2 * y + 1) == at(canvas, x, y));
      CHECK(at(upwards, y, 10 - x) == at(canvas, x, y));
    }
  }
}

TEST_CASE("letters with a tail hang below the line, within the height of a line") {
  Canvas canvas(5, Canvas::line_height());
  canvas.text(0, 0, "p", ink);
  const auto rows = picture_of(canvas);
  CHECK(rows[1] == ".....");
  CHECK(rows[2] == "####.");
  CHECK(rows[8] == "#....");
  CHECK(rows[9] == ".....");
}

TEST_CASE("text outside ASCII is one box for each character, and text is cut off at the edges") {
  CHECK(Canvas::text_width("") == 0);
  CHECK(Canvas::text_width("ab") == 11);
  CHECK(Canvas::text_width("ab", 3) == 33);
  CHECK(Canvas::text_width("äb") == 11);
  CHECK(Canvas::text_width("日本") == 11);
  Canvas canvas(5, 7);
  canvas.text(0, 0, "日", ink);
  CHECK(picture_of(canvas) ==
        std::vector<std::string>{"#####", "#...#", "#...#", "#...#", "#...#", "#...#", "#####"});
  canvas.text(-3, -3, "MMMMMMMMMM", ink, 5);
  canvas.text(100, 100, "M", ink, 5, true);
}

TEST_CASE("a line of whole width on whole pixels has no half tones along it") {
  Canvas canvas(7, 5);
  canvas.line(1.5, 2.5, 5.5, 2.5, 1, ink);
  const auto rows = picture_of(canvas);
  CHECK(rows[0] == ".......");
  CHECK(rows[2] == ".#####.");
  CHECK(rows[4] == ".......");
  // Along a slope every column is hit, and the total ink is about length times thickness.
  Canvas slope(40, 40);
  slope.line(5, 5, 35, 25, 3, wick::colors::black);
  double total = 0;
  for (Index y = 0; y < 40; ++y) {
    for (Index x = 0; x < 40; ++x) total += (255 - at(slope, x, y).red) / 255.0;
  }
  const double length = std::hypot(30.0, 20.0);
  CHECK(total == doctest::Approx(length * 3 + 3.1416 * 1.5 * 1.5).epsilon(0.03));
}

TEST_CASE("lines outside the picture draw nothing, impossible ones are refused") {
  Canvas canvas(5, 5);
  canvas.line(-50, -10, -20, 40, 3, ink);
  canvas.line(100, 100, 1e6, 1e6, 3, ink);
  for (const auto& row : picture_of(canvas)) CHECK(row == ".....");
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {nan, 2e6, -std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_AS(canvas.line(bad, 0, 1, 1, 1, ink), wick::OptionError);
    CHECK_THROWS_AS(canvas.line(0, 0, 1, bad, 1, ink), wick::OptionError);
    CHECK_THROWS_AS(canvas.line(0, 0, 1, 1, bad, ink), wick::OptionError);
  }
  CHECK_THROWS_AS(canvas.line(0, 0, 1, 1, -1, ink), wick::OptionError);
}

TEST_CASE("pictures of one and three channels are drawn with their pixels enlarged") {
  Canvas canvas(6, 4);
  canvas.picture(1, 1, Image::from({{0, 100}}), 2);
  CHECK(at(canvas, 0, 1) == wick::colors::white);
  CHECK(at(canvas, 1, 1) == Color{0, 0, 0});
  CHECK(at(canvas, 2, 2) == Color{0, 0, 0});
  CHECK(at(canvas, 4, 2) == Color{100, 100, 100});
  CHECK(at(canvas, 5, 2) == wick::colors::white);
  const std::uint8_t rgb[] = {1, 2, 3};
  canvas.picture(5, 3, Image::from(std::span<const std::uint8_t>(rgb), Shape{1, 1, 3}));
  CHECK(at(canvas, 5, 3) == Color{1, 2, 3});
  CHECK_THROWS_AS(canvas.picture(0, 0, Image::zeros(Shape{2, 2, 2})), wick::ShapeError);
  CHECK_THROWS_AS(canvas.picture(0, 0, Image::zeros(Shape{2})), wick::ShapeError);
}

TEST_CASE("impossible sizes are refused") {
  constexpr Index huge = Index{1} << 40;
  CHECK_THROWS_AS(Canvas(0, 1), wick::OptionError);
  CHECK_THROWS_AS(Canvas(1, -1), wick::OptionError);
  CHECK_THROWS_AS(Canvas(huge, huge), wick::OptionError);
  CHECK_THROWS_AS(Canvas(8193, 8192), wick::OptionError);
}
