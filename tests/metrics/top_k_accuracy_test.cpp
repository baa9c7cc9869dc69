#include <wick/metrics/top_k_accuracy.hpp>

#include "support/metric_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

using wick::Tensor;
using wick::TopKAccuracy;
using wick_tests::message_of;

TEST_CASE("the class is among the k best scores as often as scikit-learn says, ties included") {
  int count = 0;
  for (const auto& c : wick_tests::metric_cases()) {
    for (const wick::Index k : {1, 2, 3, 5, 7}) {
      check_metric(TopKAccuracy(k), c, "top " + std::to_string(k), count);
    }
  }
  CHECK(count == 40 * 3);
}

TEST_CASE("more classes than there are, none and other shapes") {
  TopKAccuracy metric(5);
  const auto scores = Tensor<float>::zeros({1, 2});
  metric.accumulate(std::as_const(scores).view(), Tensor<std::int64_t>::from({0}));
  CHECK(metric.result() == 1);
  CHECK(metric.name() == "Top-5 accuracy");
  CHECK(std::isnan(TopKAccuracy(1).result()));
  CHECK(message_of<wick::OptionError>([] { TopKAccuracy(0); }) == "TopKAccuracy: k must be >= 1, got 0");
  CHECK_THROWS_AS(metric.accumulate(std::as_const(scores).view(), Tensor<std::int64_t>::from({2})),
                  wick::IndexError);
}
