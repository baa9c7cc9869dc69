#include <wick/metrics/regression.hpp>

#include "support/metric_cases.hpp"
#include "support/throws.hpp"

#include <wick/metrics/mean_absolute_error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <utility>

using wick::Tensor;
using wick_tests::message_of;

TEST_CASE("errors of numbers are scikit-learn's: several outputs, far from 0, constant ones, weights of 0") {
  int count = 0;
  for (const auto& c : wick_tests::metric_cases()) {
    check_metric(wick::MeanAbsoluteError(), c, "mae", count);
    check_metric(wick::RootMeanSquaredError(), c, "rmse", count);
    check_metric(wick::MeanAbsolutePercentageError(), c, "mape", count);
    check_metric(wick::R2Score(), c, "r2", count);
    check_metric(wick::ExplainedVariance(), c, "explained", count);
  }
  CHECK(count == 32 * 5);
}

TEST_CASE("no samples give no number, and what does not fit is refused") {
  CHECK(std::isnan(wick::RootMeanSquaredError().result()));
  CHECK(std::isnan(wick::R2Score().result()));
  wick::R2Score metric;
  const auto x = Tensor<float>::zeros({2, 3});
  const auto view = std::as_const(x).view();
  CHECK(message_of<wick::ShapeError>([&] { metric.accumulate(view, Tensor<float>::zeros({2})); }) ==
        "R2Score: expected targets of the predictions' shape [2, 3], got [2]");
  metric.accumulate(view, x);
  const auto other = Tensor<float>::zeros({2, 2});
  CHECK(message_of<wick::ShapeError>([&] { metric.accumulate(std::as_const(other).view(), other); }) ==
        "R2Score: expected 3 numbers for each sample, as before, got predictions of shape [2, 2]");
  const auto empty = Tensor<float>::zeros({0, 3});
  CHECK_NOTHROW(metric.accumulate(std::as_const(empty).view(), empty));
  CHECK(metric.result() == 1);
  static_assert(!wick::RootMeanSquaredError::larger_is_better &&
                wick::detail::larger_is_better<wick::R2Score>());
}
