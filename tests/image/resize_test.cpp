#include <wick/image/resize.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using wick::Image;
using wick::Index;
using wick::Shape;
using wick_tests::message_of;

namespace {

Image noise(const Shape& shape, unsigned seed) {
  std::mt19937 random(seed);
  Image image(shape);
  for (auto& x : image.span()) x = static_cast<std::uint8_t>(random() % 256);
  return image;
}

// Every pixel repeated `height` times downwards and `width` times to the right makes blocks of
// H x W whole pixels for each pixel of the result: their plain mean.
Image by_repetition(const Image& image, Index height, Index width) {
  const Index channels = image.dim() == 3 ? image.size(2) : 1;
  const Index rows = image.size(0);
  const Index columns = image.size(1);
  Image result(image.dim() == 3 ? Shape{height, width, channels} : Shape{height, width});
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      for (Index c = 0; c < channels; ++c) {
        Index sum = 0;
        for (Index i = 0; i < rows; ++i) {
          for (Index k = 0; k < columns; ++k) {
            const Index from_row = (y * rows + i) / height;
            const Index from_column = (x * columns + k) / width;
            sum += image.data()[(from_row * columns + from_column) * channels + c];
          }
        }
        const double mean = static_cast<double>(sum) / static_cast<double>(rows * columns);
        result.data()[(y * width + x) * channels + c] = static_cast<std::uint8_t>(std::floor(mean + 0.5));
      }
    }
  }
  return result;
}

std::vector<int> values(const Image& image) { return {image.span().begin(), image.span().end()}; }

}  // namespace

TEST_CASE("each pixel of a smaller or larger picture is the mean of the area it covers") {
  unsigned seed = 0;
  for (const Shape& shape : {Shape{7, 5}, Shape{1, 1}, Shape{6, 9, 1}, Shape{5, 8, 3}, Shape{13, 1}}) {
    for (const Shape& size :
         {Shape{3, 2}, Shape{1, 1}, Shape{7, 5}, Shape{14, 10}, Shape{4, 11}, Shape{28, 28}}) {
      CAPTURE(shape.str());
      CAPTURE(size.str());
      const Image image = noise(shape, ++seed);
      const Image got = wick::resize_image(image, size[0], size[1]);
      CHECK(got == by_repetition(image, size[0], size[1]));
    }
  }
}

TEST_CASE("a picture of the size asked for stays as it is") {
  const Image image = noise(Shape{28, 28}, 1);
  CHECK(wick::resize_image(image, 28, 28) == image);
  CHECK(wick::fit_image(image, 28, 28, 9) == image);
}

TEST_CASE("halves are rounded up and edges count in proportion") {
  CHECK(values(wick::resize_image(Image::from({{0, 1}}), 1, 1)) == std::vector<int>{1});
  // Three pixels onto two: one and a half for each.
  CHECK(values(wick::resize_image(Image::from({{0, 90, 240}}), 1, 2)) == std::vector<int>{30, 190});
  CHECK(values(wick::resize_image(Image::from({{255, 255}, {255, 255}}), 3, 3)) == std::vector<int>(9, 255));
}

TEST_CASE("a large picture is reduced without overflow") {
  const Image image = Image::full(Shape{3000, 2000}, 255);
  CHECK(values(wick::resize_image(image, 1, 1)) == std::vector<int>{255});
  const Image small = wick::resize_image(image, 28, 28);
  CHECK(std::ranges::all_of(small.span(), [](int x) { return x == 255; }));
}

TEST_CASE("a fitted picture keeps its proportions and is centred") {
  const Image tall = Image::full(Shape{8, 4}, 200);
  CHECK(values(wick::fit_image(tall, 4, 4)) ==
        std::vector<int>{0, 200, 200, 0, 0, 200, 200, 0, 0, 200, 200, 0, 0, 200, 200, 0});
  const Image wide = Image::full(Shape{1, 3}, 200);
  CHECK(values(wick::fit_image(wide, 3, 3, 7)) == std::vector<int>{7, 7, 7, 200, 200, 200, 7, 7, 7});
  // An odd rest: one pixel more below and to the right.
  CHECK(values(wick::fit_image(Image::full(Shape{1, 2}, 9), 2, 2)) == std::vector<int>{9, 9, 0, 0});
  CHECK(values(wick::fit_image(Image::full(Shape{2, 1}, 9), 2, 2)) == std::vector<int>{9, 0, 9, 0});
}

TEST_CASE("a fitted picture keeps at least one pixel and its channels") {
  const Image line = Image::full(Shape{1, 100}, 50);
  CHECK(values(wick::fit_image(line, 3, 3)) == std::vector<int>{0, 0, 0, 50, 50, 50, 0, 0, 0});
  const Image colour = noise(Shape{2, 2, 3}, 5);
  const Image fitted = wick::fit_image(colour, 2, 4, 1);
  REQUIRE(fitted.shape() == Shape{2, 4, 3});
  for (Index y = 0; y < 2; ++y) {
    for (Index c = 0; c < 3; ++c) {
      CHECK(fitted.at(y, 0, c) == 1);
      CHECK(fitted.at(y, 1, c) == colour.at(y, 0, c));
      CHECK(fitted.at(y, 2, c) == colour.at(y, 1, c));
      CHECK(fitted.at(y, 3, c) == 1);
    }
  }
}

TEST_CASE("only pictures can be resized, to sizes that exist") {
  for (const Shape& shape : {Shape{}, Shape{4}, Shape{2, 2, 2}, Shape{0, 3}, Shape{1, 2, 2, 1}}) {
    const Image image = Image::zeros(shape);
    const std::string expected =
        ": expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " + shape.str();
    CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(wick::resize_image(image, 2, 2)); }) ==
          "resize_image" + expected);
    CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(wick::fit_image(image, 2, 2)); }) ==
          "fit_image" + expected);
  }
  const Image image = Image::zeros(Shape{2, 2});
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(wick::resize_image(image, 0, 28)); }) ==
        "resize_image: expected a size of 1 to 67108864 pixels, got 28 x 0");
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(wick::fit_image(image, 1 << 20, -1)); }) ==
        "fit_image: expected a size of 1 to 67108864 pixels, got -1 x 1048576");
  CHECK_THROWS_AS(static_cast<void>(wick::resize_image(image, 1 << 14, 1 << 13)), wick::OptionError);
}
