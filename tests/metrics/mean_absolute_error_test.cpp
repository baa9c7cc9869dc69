#include <wick/metrics/mean_absolute_error.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <utility>

using wick::Tensor;
using wick_tests::message_of;

TEST_CASE("the mean is over all elements of all batches") {
  wick::MeanAbsoluteError metric;
  const auto x = Tensor<double>::from({{1, -2}, {0, 4}, {0, 0}});
  metric.accumulate(std::as_const(x).view(), Tensor<double>::from({{0, 2}, {0, 1}, {0, 0}}));
  CHECK(metric.result() == 8 / 6.0);
  const auto one = Tensor<double>::from({{5, 5}});
  metric.accumulate(std::as_const(one).view(), Tensor<double>::from({{6, 4}}));
  CHECK(metric.result() == 10 / 8.0);
  static_assert(!wick::MeanAbsoluteError::larger_is_better);
}

TEST_CASE("targets of another shape are refused, because their difference would broadcast") {
  wick::MeanAbsoluteError metric;
  const auto x = Tensor<float>::zeros({4, 1});
  CHECK(message_of<wick::ShapeError>([&] {
          metric.accumulate(std::as_const(x).view(), Tensor<float>::zeros({4}));
        }) == "MeanAbsoluteError: expected targets of the predictions' shape [4, 1], got [4]");
}
