#include <wick/report/weight_pictures.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using wick::Tensor;
using wick::weight_pictures;
using wick_tests::message_of;

TEST_CASE("0 is grey, and the largest weight of all is at an end") {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const auto weights = Tensor<float>::from({{0, 1, -2, infinity}, {2, 0.5F, 0, 0}});
  const auto pictures = weight_pictures(weights, 2, 2);
  REQUIRE(pictures.size() == 2);
  CHECK(pictures[0].pixels == Tensor<std::uint8_t>::from({{128, 192}, {1, 128}}));
  CHECK(pictures[1].pixels == Tensor<std::uint8_t>::from({{255, 160}, {128, 128}}));
  CHECK(pictures[1].title == "1");
  CHECK(weight_pictures(weights, 1, 4, 1).size() == 1);
  CHECK(weight_pictures(Tensor<float>::zeros({1, 1}), 1, 1)[0].pixels.item() == 128);
  CHECK(weight_pictures(Tensor<float>::zeros({0, 1}), 1, 1).empty());
}

TEST_CASE("weights of another size are refused") {
  CHECK(message_of<wick::ShapeError>([] {
          static_cast<void>(weight_pictures(Tensor<float>::zeros({2, 5}), 2, 2));
        }) == "weight_pictures: expected weights (units, 2 * 2), got [2, 5]");
  CHECK(message_of<wick::OptionError>([] {
          static_cast<void>(weight_pictures(Tensor<float>::zeros({2, 4}), 0, 4));
        }) == "weight_pictures: expected a height and a width of at least 1, got 0 and 4");
}
