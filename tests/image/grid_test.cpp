#include <wick/image/grid.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <vector>

using wick::Color;
using wick::GridItem;
using wick::Image;
using wick::Index;
using wick::Shape;
using wick_tests::message_of;

namespace {

Color at(const Image& image, Index x, Index y) {
  const std::uint8_t* p = image.data() + (y * image.size(1) + x) * 3;
  return {p[0], p[1], p[2]};
}

/// Number of pixels of a colour in the rectangle.
Index count(const Image& image, Color color, Index x0, Index y0, Index x1, Index y1) {
  Index n = 0;
  for (Index y = y0; y < y1; ++y) {
    for (Index x = x0; x < x1; ++x) n += at(image, x, y) == color ? 1 : 0;
  }
  return n;
}

}  // namespace

TEST_CASE("pictures stand in rows with their captions below in their colours") {
  const Image dark = Image::full(Shape{10, 10}, 50);
  const Image light = Image::full(Shape{10, 10}, 200);
  const std::vector<GridItem> items{
      {dark, "ab", wick::colors::green}, {light, "cd", wick::colors::red}, {dark, "", {}}};
  const Image grid = wick::make_grid(items, {.columns = 2, .scale = 3, .text_scale = 1, .gap = 4});
  // Width 4 + 30 + 4 + 30 + 4; height of a cell 30 + 3 + 10, twice, with 3 gaps.
  REQUIRE(grid.shape() == Shape{98, 72, 3});
  CHECK(count(grid, Color{50, 50, 50}, 4, 4, 34, 34) == 900);
  CHECK(count(grid, Color{200, 200, 200}, 38, 4, 68, 34) == 900);
  CHECK(count(grid, Color{50, 50, 50}, 4, 51, 34, 81) == 900);
  CHECK(count(grid, Color{50, 50, 50}, 0, 0, 72, 98) == 1800);
  CHECK(count(grid, wick::colors::green, 4, 37, 34, 47) > 10);
  CHECK(count(grid, wick::colors::green, 0, 0, 72, 98) == count(grid, wick::colors::green, 4, 37, 34, 47));
  CHECK(count(grid, wick::colors::red, 38, 37, 68, 47) > 10);
  CHECK(at(grid, 0, 0) == wick::colors::white);
}

TEST_CASE("long captions make room, lines of a caption are counted, and a title goes above") {
  const Image image = Image::zeros(Shape{4, 4});
  const std::vector<GridItem> items{{image, "a long caption\nb", {}}};
  const Image plain = wick::make_grid(items, {.scale = 1, .text_scale = 1, .gap = 0});
  CHECK(plain.shape() == Shape{4 + 3 + 20, wick::Canvas::text_width("a long caption"), 3});
  const Image titled = wick::make_grid(items, {.scale = 1, .text_scale = 1, .gap = 0, .title = "T"});
  CHECK(titled.size(0) == plain.size(0) + wick::Canvas::line_height(2));
  CHECK(count(titled, wick::colors::black, 0, 0, titled.size(1), 14) == 4 * 11);
}

TEST_CASE("without a number of columns the grid is about square") {
  const Image image = Image::zeros(Shape{10, 10});
  const auto columns_of = [&](std::size_t n) {
    const std::vector<GridItem> items(n, GridItem{image, "", {}});
    return wick::make_grid(items, {.scale = 1, .gap = 0}).size(1) / 10;
  };
  CHECK(columns_of(1) == 1);
  CHECK(columns_of(4) == 2);
  CHECK(columns_of(5) == 3);
  CHECK(columns_of(9) == 3);
}

TEST_CASE("grids that cannot be made are refused") {
  const Image image = Image::zeros(Shape{10, 10});
  const std::vector<GridItem> one{{image, "", {}}};
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(wick::make_grid({})); }) ==
        "make_grid: expected at least one picture");
  const auto refusal = [&](const wick::GridOptions& options) {
    return message_of<wick::OptionError>([&] { static_cast<void>(wick::make_grid(one, options)); });
  };
  CHECK(refusal({.columns = -1}) == "make_grid: columns must be in [0, 1000], got -1");
  CHECK(refusal({.scale = 0}) == "make_grid: scale must be in [1, 1000], got 0");
  CHECK(refusal({.text_scale = 1001}) == "make_grid: text_scale must be in [1, 1000], got 1001");
  CHECK(refusal({.gap = -1}) == "make_grid: gap must be in [0, 1000], got -1");
  const Image large = Image::zeros(Shape{1000, 1000});
  const std::vector<GridItem> many(100, GridItem{large, "", {}});
  CHECK_THROWS_AS(static_cast<void>(wick::make_grid(many, {.scale = 10})), wick::OptionError);
  for (const Shape& shape : {Shape{10}, Shape{0, 10}, Shape{2, 2, 2}, Shape{2, 2, 3, 1}}) {
    const Image bad = Image::zeros(shape);
    const std::vector<GridItem> items{{bad, "", {}}};
    CHECK_THROWS_AS(static_cast<void>(wick::make_grid(items)), wick::ShapeError);
  }
}

TEST_CASE("a grid owns its pictures, so they may be temporary") {
  std::vector<GridItem> items;
  for (int i = 0; i < 4; ++i) {
    items.push_back({.image = Image::full({28, 28}, static_cast<std::uint8_t>(10 * i))});
  }
  const Image grid = wick::make_grid(items, {.columns = 4, .scale = 1, .gap = 0});
  for (Index i = 0; i < 4; ++i) {
    const auto grey = static_cast<std::uint8_t>(10 * i);
    CHECK(count(grid, {grey, grey, grey}, 28 * i, 0, 28 * (i + 1), 28) == 28 * 28);
  }
  static_assert(!std::is_convertible_v<Image, wick::TensorView<const std::uint8_t>>);
}
