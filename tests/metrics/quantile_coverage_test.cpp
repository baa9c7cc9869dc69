#include <wick/metrics/quantile_coverage.hpp>

#include "support/metric_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <utility>

using wick::QuantileCoverage;
using wick::Tensor;
using wick_tests::message_of;

TEST_CASE("targets below the quantile are counted, by weight") {
  int count = 0;
  for (const auto& c : wick_tests::metric_cases()) check_metric(QuantileCoverage(), c, "coverage", count);
  CHECK(count == 24);
}

TEST_CASE("targets between two quantiles are counted, ends included") {
  QuantileCoverage metric;
  const auto bounds = Tensor<double>::from({{0, 1}, {0, 1}, {0, 1}, {2, 3}});
  metric.accumulate(bounds.view(), Tensor<double>::from({0, 1, 1.5, 2.5}));
  CHECK(metric.result() == 0.75);
  metric.accumulate(bounds.view(), Tensor<double>::from({5, 5, 5, 5}), Tensor<double>::from({0, 0, 2, 0}));
  CHECK(metric.result() == 0.5);
  CHECK(std::isnan(QuantileCoverage().result()));
  CHECK(message_of<wick::ShapeError>([&] { metric.accumulate(bounds.view(), Tensor<double>::zeros({3})); }) ==
        "QuantileCoverage: expected quantiles (B) or (B, 2) and targets (B), got [4, 2] and [3]");
  const auto three = Tensor<double>::zeros({2, 3});
  CHECK_THROWS_AS(metric.accumulate(three.view(), Tensor<double>::zeros({2})), wick::ShapeError);
}
