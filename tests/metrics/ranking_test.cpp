#include <wick/metrics/ranking.hpp>

#include "support/metric_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

using wick::Average;
using wick::AveragePrecision;
using wick::RocAuc;
using wick::Scores;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("areas are scikit-learn's: ties, one class, absent ones, weights of 0") {
  int count = 0;
  for (const auto& c : wick_tests::metric_cases()) {
    for (const auto& [average, name] :
         {std::pair{Average::macro, "macro"}, std::pair{Average::weighted, "weighted"}}) {
      check_metric(RocAuc(Scores::probabilities, average), c, std::string("roc ") + name, count);
      check_metric(AveragePrecision(Scores::probabilities, average), c, std::string("ap ") + name, count);
    }
    check_metric(RocAuc(), c, "roc", count);
    check_metric(AveragePrecision(), c, "ap", count);
  }
  CHECK(count == 60 * 4 + 8 * 2);
}

TEST_CASE("the area is the share of pairs in the right order, for logits of two classes too") {
  const auto logits = Tensor<double>::from({{5, 6}, {0, 3}, {2, 1}, {7, 7.5}, {1, 0}});
  const auto targets = Tensor<std::int64_t>::from({1, 1, 0, 0, 1});
  // By the difference: 1, 3, -1, 0.5, -1.
  RocAuc metric(Scores::logits);
  metric.accumulate(logits.view(), targets);
  CHECK(metric.result() == (2 + 2 + 0.5) / 6);
}

TEST_CASE("no samples and NaN give no number, and what does not fit is refused") {
  CHECK(std::isnan(RocAuc().result()));
  CHECK(std::isnan(AveragePrecision().result()));
  RocAuc metric;
  const auto scores = Tensor<float>::from({0.5F, std::numeric_limits<float>::quiet_NaN()});
  metric.accumulate(std::as_const(scores).view(), Tensor<float>::from({1, 0}));
  CHECK(std::isnan(metric.result()));
  CHECK(contains(message_of<wick::OptionError>([] { RocAuc(Scores::logits, Average::micro); }),
                 "RocAuc: expected Average::macro or Average::weighted"));
  const auto three = Tensor<float>::zeros({2, 3});
  CHECK(message_of<wick::ShapeError>([&] {
          metric.accumulate(std::as_const(three).view(), Tensor<std::int64_t>::from({1, 0}));
        }) == "RocAuc: expected scores of as many classes in every batch, got 1 and 3");
}
