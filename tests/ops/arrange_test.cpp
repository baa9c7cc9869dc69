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
#include <wick/ops/parts.hpp>
#include <wick/ops/stacks.hpp>

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

TEST_CASE("arrange: orders, element by element") {
  const I x = arange(12).reshape({2, 3, 2});
  CHECK(movedim(x, 0, -1).shape() == Shape{3, 2, 2});
  CHECK(movedim(x, 0, 2) == permute(x, {1, 2, 0}));
  CHECK(flip(x, {0, 2}) == I::from({7, 6, 9, 8, 11, 10, 1, 0, 3, 2, 5, 4}).reshape({2, 3, 2}));
  CHECK(flip(x, std::span<const Index>()) == x);
  CHECK(fliplr(arange(6).reshape({3, 2})) == I::from({{1, 0}, {3, 2}, {5, 4}}));
  CHECK(flipud(I::from({1, 2, 3})) == I::from({3, 2, 1}));
  CHECK(roll(I::from({1, 2, 3}), 1) == I::from({3, 1, 2}));
  CHECK(roll(I::from({1, 2, 3}), -4) == I::from({2, 3, 1}));
  CHECK(roll(I::from({{1, 2}, {3, 4}}), 1) == I::from({{4, 1}, {2, 3}}));
  CHECK(roll(I::from({{1, 2}, {3, 4}}), {1, 1}, {0, 1}) == I::from({{4, 3}, {2, 1}}));
  CHECK(repeat(I::from({1, 2}), {2, 2}) == I::from({{1, 2, 1, 2}, {1, 2, 1, 2}}));
  CHECK(repeat(I::from({1, 2}), {0}) == I::zeros({0}));
  CHECK(tile(I::from({1, 2}).reshape({1, 2}), {2}) == I::from({{1, 2, 1, 2}}));
  CHECK(tile(I::full({}, 3), {2}) == I::from({3, 3}));
  check_derivatives(
      [](const Variables& v) {
        return square(flip(v[0], {0, 1})) * roll(v[0], 1, 1);
      },
      {numbers({3, 4}, 1)});
}

TEST_CASE("arrange: what does not fit is refused") {
  const I x = I::zeros({2, 3});
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
