// Values are PyTorch's, see tests/conformance; here are misuse, every number of dimensions, variables and
// programs.

#include <wick/ops/arrange.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/trace.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/model.hpp>
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

/// All of them, of a tensor, a variable or a symbol (B, 2, 3).
struct Arranged {
  explicit Arranged(const Scope<double>& /*without parameters*/) {}
  auto operator()(const auto& x) const {
    const auto y = flip(roll(x, 1, 2), {1, -1});
    return hstack({select(y, 1, 0), select(y, 1, -1)}) * 2.0 +
           flatten(repeat(movedim(y, 1, 2), {1, 1, 1}), 1);
  }
};

}  // namespace

TEST_CASE("arrange: parts and orders, element by element") {
  const I x = arange(12).reshape({2, 3, 2});
  CHECK(select(x, 1, -1) == I::from({{4, 5}, {10, 11}}));
  CHECK(select(select(select(x, 0, 1), 0, 0), 0, 1) == I::full({}, 7));
  CHECK(unbind(x, 2).size() == 2);
  CHECK(unbind(x, 2)[1] == I::from({{1, 3, 5}, {7, 9, 11}}));
  CHECK(unbind(I::zeros({0, 2})).empty());
  CHECK(movedim(x, 0, -1).shape() == Shape{3, 2, 2});
  CHECK(movedim(x, 0, 2) == permute(x, {1, 2, 0}));
  CHECK(flip(x, {0, 2}) == I::from({7, 6, 9, 8, 11, 10, 1, 0, 3, 2, 5, 4}).reshape({2, 3, 2}));
  CHECK(flip(x, std::span<const Index>()) == x);
  CHECK(fliplr(select(x, 0, 0)) == I::from({{1, 0}, {3, 2}, {5, 4}}));
  CHECK(flipud(I::from({1, 2, 3})) == I::from({3, 2, 1}));
  CHECK(roll(I::from({1, 2, 3}), 1) == I::from({3, 1, 2}));
  CHECK(roll(I::from({1, 2, 3}), -4) == I::from({2, 3, 1}));
  CHECK(roll(I::from({{1, 2}, {3, 4}}), 1) == I::from({{4, 1}, {2, 3}}));
  CHECK(roll(I::from({{1, 2}, {3, 4}}), {1, 1}, {0, 1}) == I::from({{4, 3}, {2, 1}}));
  CHECK(repeat(I::from({1, 2}), {2, 2}) == I::from({{1, 2, 1, 2}, {1, 2, 1, 2}}));
  CHECK(repeat(I::from({1, 2}), {0}) == I::zeros({0}));
  CHECK(tile(I::from({1, 2}).reshape({1, 2}), {2}) == I::from({{1, 2, 1, 2}}));
  CHECK(tile(I::full({}, 3), {2}) == I::from({3, 3}));
}

TEST_CASE("arrange: diagonals, parts of any sizes, and elements along a dimension") {
  const I x = arange(12).reshape({3, 4});
  CHECK(diagonal(x) == I::from({0, 5, 10}));
  CHECK(diagonal(x, 2) == I::from({2, 7}));
  CHECK(diagonal(x, -2) == I::from({8}));
  CHECK(diagonal(x, 9).shape() == Shape{0});
  CHECK(diagonal(x, std::numeric_limits<Index>::min()).shape() == Shape{0});
  CHECK(diagonal(arange(12).reshape({2, 3, 2}), 0, 0, 2) == I::from({{0, 7}, {2, 9}, {4, 11}}));
  CHECK(trace(x).item() == 15);
  CHECK(atleast_1d(I::full({}, 3)) == I::from({3}));
  CHECK(atleast_2d(I::from({1, 2})) == I::from({1, 2}).reshape({1, 2}));
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

TEST_CASE("arrange: tensors beside, below and behind one another") {
  const I a = I::from({1, 2});
  const I b = I::from({3, 4});
  CHECK(hstack({a, b}) == I::from({1, 2, 3, 4}));
  CHECK(vstack({a, b}) == I::from({{1, 2}, {3, 4}}));
  CHECK(dstack({a, b}) == I::from({1, 3, 2, 4}).reshape({1, 2, 2}));
  CHECK(column_stack({a, b}) == I::from({{1, 3}, {2, 4}}));
  CHECK(message_of<ShapeError>([] { static_cast<void>(vstack(std::span<const TensorArg<float>>())); }) ==
        "vstack expects a non-empty TensorList");
}

TEST_CASE("arrange: what does not fit is refused") {
  const I x = I::zeros({2, 3});
  CHECK(message_of<IndexError>([&] { static_cast<void>(select(x, 1, 3)); }) ==
        "select(): index 3 out of range for tensor of size [2, 3] at dimension 1");
  CHECK_THROWS_AS(static_cast<void>(select(x, 2, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(select(I::zeros({}), 0, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(unbind(I::zeros({}))), IndexError);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(flip(x, {0, -2}));
        }) == "flip: dim 0 appears multiple times in the list of dims");
  CHECK_THROWS_AS(static_cast<void>(fliplr(I::zeros({2}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(flipud(I::zeros({}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(roll(x, {1}, {0, 1})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(roll(I::zeros({}), 1, 0)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(repeat(x, {2})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(repeat(x, {2, -1})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(repeat(x, {Index{1} << 62, 1})), ShapeError);
  const std::vector<Index> one{0};
  const std::vector<Index> two{0, 1};
  const std::vector<Index> twice{1, 1};
  CHECK_THROWS_AS(static_cast<void>(movedim(x, std::span(one), std::span(two))), ShapeError);
  CHECK(message_of<ShapeError>([&] { static_cast<void>(movedim(x, std::span(two), std::span(twice))); }) ==
        "movedim: repeated dim in [1, 1]");
}

TEST_CASE("arrange: variables and programs") {
  const auto x = numbers({4, 2, 3}, 1);
  const Model<Arranged, double> model;
  const auto y = model.predict(x);
  CHECK(y == Arranged(model.module())(x));
  check_derivatives([&](const Variables& v) { return model(v[0]); }, {x});
  const Program<double> program = trace(model.module(), *model.parameters(), Shape{2, 3});
  Workspace<double> workspace;
  CHECK(std::ranges::equal(program(model.parameters()->values(), x, workspace).span(), y.span()));
}
