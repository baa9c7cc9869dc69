#include <wick/image/confusion_matrix.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using wick::Color;
using wick::Image;
using wick::Index;
using wick::Shape;
using Counts = wick::Tensor<std::int64_t>;
using wick_tests::message_of;

namespace {

Index pixels_of(const Image& image, Color color) {
  Index n = 0;
  for (Index i = 0; i < image.numel(); i += 3) {
    const std::uint8_t* p = image.data() + i;
    n += Color{p[0], p[1], p[2]} == color ? 1 : 0;
  }
  return n;
}

}  // namespace

TEST_CASE("right answers are blue, confusions red, and as deep as their share of the row") {
  const std::vector<std::string> classes{"a", "b"};
  const Image right = wick::confusion_matrix_chart(Counts::from({{5, 0}, {0, 7}}), classes);
  const Image wrong = wick::confusion_matrix_chart(Counts::from({{0, 5}, {7, 0}}), classes);
  const Image half = wick::confusion_matrix_chart(Counts::from({{5, 5}, {7, 7}}), classes);
  // Two cells of 43 x 43 pixels less the ink of the digits.
  CHECK(pixels_of(right, wick::colors::blue) > 2 * 43 * 43 - 2 * 35 * 4);
  CHECK(pixels_of(right, wick::colors::red) == 0);
  CHECK(pixels_of(wrong, wick::colors::red) == pixels_of(right, wick::colors::blue));
  CHECK(pixels_of(wrong, wick::colors::blue) == 0);
  CHECK(pixels_of(half, wick::colors::blue) + pixels_of(half, wick::colors::red) == 0);
}

TEST_CASE("rows of zeros, large counts, long and foreign names and a title have room") {
  const std::vector<std::string> classes{"größer als alle anderen", "b", ""};
  const Counts counts = Counts::from({{0, 0, 0}, {INT64_MAX, INT64_MAX, 1}, {1, 2, 3}});
  const Image chart =
      wick::confusion_matrix_chart(counts, classes, "A title that is longer than the table is wide, by far");
  CHECK(chart.size(1) >=
        wick::Canvas::text_width("A title that is longer than the table is wide, by far", 3));
  CHECK(chart.size(1) >= 3 * wick::Canvas::text_width("9223372036854775807", 2));
}

TEST_CASE("counts that do not fit the classes are refused") {
  const std::vector<std::string> classes{"a", "b"};
  const auto refusal = [&](const Shape& shape) {
    return message_of<wick::ShapeError>(
        [&] { static_cast<void>(wick::confusion_matrix_chart(Counts::zeros(shape), classes)); });
  };
  CHECK(refusal(Shape{2, 3}) ==
        "confusion_matrix_chart: expected counts of shape [2, 2] for 2 classes, got [2, 3]");
  CHECK_FALSE(refusal(Shape{4}).empty());
  CHECK_THROWS_AS(static_cast<void>(wick::confusion_matrix_chart(Counts::zeros(Shape{0, 0}), {})),
                  wick::ShapeError);
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(wick::confusion_matrix_chart(Counts::from({{1, -2}, {0, 0}}), classes));
        }) == "confusion_matrix_chart: counts must be >= 0, got -2");
  const std::vector<std::string> many(101);
  CHECK_THROWS_AS(static_cast<void>(wick::confusion_matrix_chart(Counts::zeros(Shape{101, 101}), many)),
                  wick::OptionError);
}
