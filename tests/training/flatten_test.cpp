#include <wick/training/flatten.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

using wick::Index;
using wick::Shape;
using wick::Tensor;
using wick_tests::message_of;

TEST_CASE("flatten keeps the rows and shares the elements") {
  Tensor<float> images = Tensor<float>::zeros({2, 1, 3, 4});
  images.at(1, 0, 0, 0) = 5;
  const auto flat = wick::flatten(images.view());
  CHECK(flat.shape() == Shape{2, 12});
  CHECK(flat.data() == images.data());
  CHECK(flat.at(1, 0) == 5);
  const auto flat_shape = [](const Shape& shape) {
    const Tensor<float> x(shape);
    return wick::flatten(x.view()).shape();
  };
  CHECK(flat_shape({3}) == Shape{3, 1});
  CHECK(flat_shape({3, 4}) == Shape{3, 4});
  CHECK(flat_shape({0, 28, 28}) == Shape{0, 784});
  CHECK(flat_shape({2, 0, 5}) == Shape{2, 0});
  CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(flat_shape({})); }) ==
        "flatten: expected a tensor of shape (B, ...), got a scalar");
  constexpr Index big = Index{1} << 40;
  CHECK(flat_shape({0, big, 5}) == Shape{0, 5 * big});
}
