#include <wick/tensor/shape.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

constexpr std::uint64_t max64 = (std::numeric_limits<std::uint64_t>::max)();
constexpr Index max_index = (std::numeric_limits<Index>::max)();
constexpr Index huge = Index{1} << (sizeof(Index) > 4 ? 40 : 20);  // twice is too much

std::optional<std::uint64_t> numel_of(std::vector<Index> dims, std::uint64_t limit) {
  return checked_numel(dims, limit);
}

}  // namespace

TEST_CASE("checked products and sums are exact up to the last number that fits") {
  CHECK(checked_mul(0, max64) == 0);
  CHECK(checked_mul(max64, 0) == 0);
  CHECK(checked_mul(max64, 1) == max64);
  CHECK(checked_mul(std::uint64_t{1} << 32, (std::uint64_t{1} << 32) - 1) == 0xFFFFFFFF00000000);
  CHECK_FALSE(checked_mul(std::uint64_t{1} << 32, std::uint64_t{1} << 32).has_value());
  CHECK_FALSE(checked_mul(max64, 2).has_value());
  CHECK(checked_mul(6700417, 641) == 4294967297);
  CHECK(checked_add(max64, 0) == max64);
  CHECK(checked_add(max64 - 5, 5) == max64);
  CHECK_FALSE(checked_add(max64 - 5, 6).has_value());
  CHECK_FALSE(checked_add(max64, max64).has_value());
}

TEST_CASE("checked_numel counts up to its limit") {
  CHECK(numel_of({}, 10) == 1);
  CHECK(numel_of({2, 5}, 10) == 10);
  CHECK_FALSE(numel_of({11}, 10).has_value());
  CHECK_FALSE(numel_of({2, 6}, 10).has_value());
  CHECK_FALSE(numel_of({-1, 2}, 10).has_value());
  CHECK_FALSE(numel_of({0, -1}, 10).has_value());
  CHECK(numel_of({huge, 0}, 10) == 0);
  CHECK(numel_of({0, huge}, 10) == 0);
  // Strides and loops would count with the product of the others.
  CHECK_FALSE(numel_of({huge, huge, 0}, 10).has_value());
  CHECK_FALSE(numel_of({0, huge, huge}, 10).has_value());
}

TEST_CASE("a shape knows its dimensions and its number of elements") {
  const Shape scalar;
  CHECK(scalar.dim() == 0);
  CHECK(scalar.numel() == 1);
  CHECK(scalar.str() == "[]");
  CHECK(scalar.torch_str() == "torch.Size([])");

  const Shape s{2, 3, 4};
  CHECK(s.dim() == 3);
  CHECK(s.numel() == 24);
  CHECK(s.str() == "[2, 3, 4]");
  CHECK(s.torch_str() == "torch.Size([2, 3, 4])");
  CHECK(s[0] == 2);
  CHECK(s[2] == 4);
  CHECK(s[-1] == 4);
  CHECK(s[-3] == 2);

  CHECK(Shape{3, 0}.numel() == 0);
  CHECK(Shape{max_index}.numel() == max_index);
  CHECK(Shape{huge, 0, 5}.numel() == 0);
  CHECK(Shape{1, 1, 1, 1, 1, 1, 1, 2}.dim() == 8);
}

TEST_CASE("shapes are equal when their dimensions are") {
  CHECK(Shape{2, 3} == Shape{2, 3});
  CHECK_FALSE(Shape{2, 3} == Shape{3, 2});
  CHECK_FALSE(Shape{2} == Shape{2, 1});
  CHECK_FALSE(Shape{} == Shape{1});
  CHECK_FALSE(Shape{0} == Shape{0, 0});
  const std::array<Index, 2> dims{2, 3};
  CHECK(Shape(std::span<const Index>(dims)) == Shape{2, 3});
}

TEST_CASE("axes that a shape does not have are refused by name") {
  const Shape s{2, 3};
  CHECK(message_of<IndexError>([&] { static_cast<void>(s[2]); }) ==
        "Shape: dimension 2 is out of range for [2, 3]");
  CHECK(message_of<IndexError>([&] { static_cast<void>(s[-3]); }) ==
        "Shape: dimension -3 is out of range for [2, 3]");
  CHECK_THROWS_AS(static_cast<void>(Shape{}[0]), IndexError);
  CHECK_THROWS_AS(static_cast<void>(Shape{}[-1]), IndexError);
  CHECK_THROWS_AS(static_cast<void>(s[(std::numeric_limits<Index>::min)()]), IndexError);
  CHECK_THROWS_AS(static_cast<void>(s[max_index]), IndexError);
}

TEST_CASE("dimensions that no tensor can have are refused") {
  CHECK(message_of<ShapeError>([] {
          Shape s{2, -1};
        }) == "Shape: the dimensions of [2, -1] must be >= 0 and their product must fit in 63 bits");
  CHECK_THROWS_AS((Shape{-1}), ShapeError);
  CHECK_THROWS_AS((Shape{0, -1}), ShapeError);
  CHECK_THROWS_AS((Shape{huge, huge}), ShapeError);
  CHECK_THROWS_AS((Shape{max_index, 2}), ShapeError);
  CHECK_THROWS_AS((Shape{huge, huge, 0}), ShapeError);
  CHECK_THROWS_AS((Shape{huge, huge, huge, huge, huge, huge, huge, huge}), ShapeError);
  CHECK(message_of<ShapeError>([] { Shape s{1, 1, 1, 1, 1, 1, 1, 1, 1}; }) ==
        "Shape: at most 8 dimensions are supported, got 9");
}
