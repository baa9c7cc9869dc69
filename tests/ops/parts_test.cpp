// Values are PyTorch's, see tests/conformance; here are misuse, every number of dimensions and derivatives.

#include <wick/ops/parts.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/ops/create.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <span>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

using I = Tensor<std::int64_t>;

}  // namespace

TEST_CASE("parts: slices of a dimension") {
  const I x = arange(12).reshape({2, 3, 2});
  CHECK(select(x, 1, -1) == I::from({{4, 5}, {10, 11}}));
  CHECK(select(select(select(x, 0, 1), 0, 0), 0, 1) == I::full({}, 7));
  CHECK(unbind(x, 2).size() == 2);
  CHECK(unbind(x, 2)[1] == I::from({{1, 3, 5}, {7, 9, 11}}));
  CHECK(unbind(I::zeros({0, 2})).empty());
  CHECK(message_of<IndexError>([&] { static_cast<void>(select(x, 1, 3)); }) ==
        "select(): index 3 out of range for tensor of size [2, 3, 2] at dimension 1");
  CHECK_THROWS_AS(static_cast<void>(select(x, 3, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(select(I::zeros({}), 0, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(unbind(I::zeros({}))), IndexError);
}

TEST_CASE("parts: diagonals, parts of any sizes, and elements along a dimension") {
  const I x = arange(12).reshape({3, 4});
  CHECK(diagonal(x) == I::from({0, 5, 10}));
  CHECK(diagonal(x, 2) == I::from({2, 7}));
  CHECK(diagonal(x, -2) == I::from({8}));
  CHECK(diagonal(x, 9).shape() == Shape{0});
  CHECK(diagonal(x, std::numeric_limits<Index>::min()).shape() == Shape{0});
  CHECK(diagonal(arange(12).reshape({2, 3, 2}), 0, 0, 2) == I::from({{0, 7}, {2, 9}, {4, 11}}));
  CHECK(trace(x).item() == 15);
  CHECK(take_along_dim(x, I::from({3, 0, 1}).reshape({3, 1}), 1) == I::from({3, 4, 9}).reshape({3, 1}));
  CHECK(take_along_dim(x, I::from({2, 0}).reshape({1, 2}), 1) == I::from({{2, 0}, {6, 4}, {10, 8}}));
  CHECK(take_along_dim(x, I::from({11, 0})) == I::from({11, 0}));
  CHECK(take_along_dim(x, I::from({-1, -12})) == I::from({11, 0}));
  CHECK(take_along_dim(x, I::from({-4, -1}).reshape({1, 2}), 1) == I::from({{0, 3}, {4, 7}, {8, 11}}));
  CHECK_THROWS_AS(static_cast<void>(take_along_dim(x, I::from({-5}).reshape({1, 1}), 1)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(take_along_dim(x, I::from({-13}))), IndexError);
  const std::vector<Index> at{1, -1};
  const auto parts = tensor_split(x, std::span(at), 1);
  CHECK(parts.size() == 3);
  CHECK(parts[1] == I::from({{1, 2}, {5, 6}, {9, 10}}));
  const std::vector<Index> back{3, 1};
  CHECK(tensor_split(x, std::span(back), 1)[1].shape() == Shape{3, 0});
  CHECK(tensor_split(arange(7), 3)[0] == I::from({0, 1, 2}));
  CHECK(tensor_split(arange(7), 3)[2] == I::from({5, 6}));
  CHECK_THROWS_AS(static_cast<void>(diagonal(x, 0, 1, -1)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(diagonal(arange(3))), IndexError);
  CHECK_THROWS_AS(static_cast<void>(trace(arange(3))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(take_along_dim(x, I::from({0}), 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(take_along_dim(x, I::from({4, 0, 1}).reshape({3, 1}), 1)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(tensor_split(x, 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(tensor_split(I::full({}, 1), 1)), ShapeError);
  check_derivatives([](const Variables& v) { return square(diagonal(v[0], 1)) + square(trace(v[0])); },
                    {numbers({3, 4}, 1)});
  check_derivatives(
      [](const Variables& v) {
        return sum(square(take_along_dim(v[0], I::from({2, 0, 2}).reshape({1, 3}), 1))) +
               sum(square(tensor_split(v[0], 2, 1)[1]));
      },
      {numbers({3, 4}, 1)});
}
