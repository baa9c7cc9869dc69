#include <wick/ops/sort.hpp>

#include "support/op_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

TEST_CASE("elements are sorted as PyTorch sorts them, equal ones in their order") {
  for_each_case("sort", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      const auto [values, indices] = sort(c.input<T>(), c.index(0), c.arguments[1] != 0);
      check_result(values, c.expected[0]);
      check_result(indices, c.expected[1]);
      check_result(argsort(c.input<T>(), c.index(0), c.arguments[1] != 0), c.expected[1]);
    });
  });
}

TEST_CASE("the largest and the least few") {
  for_each_case("topk", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      const auto [values, indices] = topk(c.input<T>(), c.index(0), c.index(1), c.arguments[2] != 0);
      check_result(values, c.expected[0]);
      check_result(indices, c.expected[1]);
    });
  });
  const auto x = Tensor<std::int64_t>::from({3, 1, 3, 3, 2});
  CHECK(topk(x, 2).indices == Tensor<std::int64_t>::from({0, 2}));
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(topk(Tensor<float>::from({1, nan, 2}), 2).indices == Tensor<std::int64_t>::from({1, 2}));
  CHECK(topk(Tensor<float>({0, 3}), 2).values.shape() == Shape{0, 2});
  CHECK(message_of<ShapeError>([&] { static_cast<void>(topk(x, 6)); }) ==
        "topk: selected index k out of range: got 6 for a dimension of size 5 of shape [5]");
  CHECK_THROWS_AS(static_cast<void>(topk(x, -1)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(sort(x, 1)), IndexError);
}

TEST_CASE("different elements, and where and how often they are") {
  for_each_case("unique", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) { check_result(unique(c.input<T>()), c.expected[0]); });
  });
  for_each_case("unique_all", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      const auto found = unique_all(c.input<T>());
      check_result(found.values, c.expected[0]);
      check_result(found.inverse, c.expected[1]);
      check_result(found.counts, c.expected[2]);
    });
  });
  CHECK(unique(Tensor<float>({0})).numel() == 0);
}

TEST_CASE("running sums and products") {
  for_each_case("cumsum", [](const OpCase& c) {
    with_type(c.given[0],
              [&]<class T>(T) { check_result(cumsum(c.input<T>(), c.index(0)), c.expected[0], 1e-6, 1e-6); });
  });
  for_each_case("cumprod", [](const OpCase& c) {
    with_type(c.given[0],
              [&]<class T>(T) { check_result(cumprod(c.input<T>(), c.index(0)), c.expected[0], 1e-6); });
  });
  CHECK_THROWS_AS(static_cast<void>(cumsum(Tensor<float>({2}), 1)), IndexError);
}
