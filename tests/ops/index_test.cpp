#include <wick/ops/index.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>
#include <utility>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

using F = Tensor<float>;
using I = Tensor<std::int64_t>;

}  // namespace

TEST_CASE("elements are picked as PyTorch picks them") {
  for_each_case("gather", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      check_result(gather(c.input<T>(0), c.index(0), c.input<std::int64_t>(1)), c.expected[0]);
    });
  });
  for_each_case("index_select", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      check_result(index_select(c.input<T>(0), c.index(0), c.input<std::int64_t>(1)), c.expected[0]);
    });
  });
  for_each_case("masked_select", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      check_result(masked_select(c.input<T>(0), c.input<bool>(1)), c.expected[0]);
    });
  });
  for_each_case("nonzero", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) { check_result(nonzero(c.input<T>()), c.expected[0]); });
  });
  for_each_case("one_hot", [](const OpCase& c) {
    check_result(one_hot(c.input<std::int64_t>(), c.index(0)), c.expected[0]);
  });
  CHECK(one_hot(I::full({}, 1), 3) == I::from({0, 1, 0}));
  CHECK(one_hot(I({0}), 3).shape() == Shape{0, 3});
  CHECK(nonzero(F::full({}, 1)).shape() == Shape{1, 0});
  CHECK(index_select(F({2, 0}), 0, I::from({1, 1, 0})).shape() == Shape{3, 0});
}

TEST_CASE("elements are added where indices say") {
  for_each_case("scatter_add", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      check_result(scatter_add(c.input<T>(0), c.index(0), c.input<std::int64_t>(1), c.input<T>(2)),
                   c.expected[0], 1e-6);
    });
  });
  F x = F::zeros({3});
  const float* const memory = x.data();
  const F y = scatter_add(std::move(x), 0, I::from({2, 0, 2}), F::from({1, 2, 3}));
  CHECK(y.data() == memory);
  CHECK(y == F::from({2, 0, 4}));
  const F kept = F::from({1, 1});
  CHECK(scatter_add(kept, 0, I::from({0}), F::from({1})) == F::from({2, 1}));
  CHECK(kept == F::from({1, 1}));
}

TEST_CASE("a tensor without dimensions is a vector of one element beside indices, as in PyTorch") {
  const F scalar = F::full({}, 5);
  CHECK(gather(scalar, 0, I::from({0, 0})) == F::from({5, 5}));
  CHECK(gather(F::from({1, 2}), 0, I({3, 0})).shape() == Shape{3, 0});
  CHECK(gather(F::from({7}), 0, I::full({}, 0)) == F::full({}, 7));
  CHECK(scatter_add(scalar, 0, I::from({0, 0}), F::from({2, 3})) == F::full({}, 10));
  CHECK(scatter_add(F::from({1, 2}), 0, I::full({}, 1), F::full({}, 3)) == F::from({1, 5}));
  CHECK(scatter_add(F::from({1, 2}), 0, I::from({1}), F::full({}, 3)) == F::from({1, 5}));
  CHECK_THROWS_AS(static_cast<void>(gather(scalar, 0, I::from({1}))), IndexError);
  CHECK_THROWS_AS(static_cast<void>(scatter_add(scalar, 0, I::from({0, 0}), scalar)), ShapeError);
}

TEST_CASE("indices that are not there are refused, and nothing is written") {
  const F x({2, 3});
  const I three = I::full({1, 1}, 3);
  CHECK(message_of<IndexError>([&] { static_cast<void>(gather(x, 1, three)); }) ==
        "gather: index 3 is out of bounds for dimension 1 with size 3");
  CHECK_THROWS_AS(static_cast<void>(gather(x, 1, I::full({1, 1}, -1))), IndexError);
  CHECK(message_of<ShapeError>([&] { static_cast<void>(gather(x, 1, I::from({0}))); }) ==
        "gather: Index tensor must have the same number of dimensions as input tensor, got [1] and [2, 3]");
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(gather(x, 1, I::zeros({3, 1})));
        }) ==
        "gather: Size does not match at dimension 0 expected index [3, 1] to be no larger than self [2, 3] "
        "apart from "
        "dimension 1");
  F y = F::zeros({1, 3});
  CHECK_THROWS_AS(static_cast<void>(scatter_add(std::move(y), 1, I::from({{0, 5}}), F::from({{1, 1}}))),
                  IndexError);
  CHECK(y == F::zeros({1, 3}));  // NOLINT(bugprone-use-after-move): that it is as it was is what is tested
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(scatter_add(x, 1, I::zeros({1, 2}), F({1, 1})));
        }) == "scatter_add: Expected index [1, 2] to be no larger size than src [1, 1]");
  CHECK(message_of<IndexError>([&] { static_cast<void>(index_select(x, 1, I::from({3}))); }) ==
        "index_select: index 3 is out of bounds for dimension 1 with size 3");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(index_select(x, 1, three)); }) ==
        "index_select(): Index is supposed to be a vector, got shape [1, 1]");
  CHECK_THROWS_AS(static_cast<void>(masked_select(x, Tensor<bool>({4}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(one_hot(I::from({3}), 2)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(one_hot(I::from({-1}), 2)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(one_hot(I({0}))), ShapeError);
}
