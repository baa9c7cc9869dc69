#include <wick/metrics/classification.hpp>

#include "support/metric_cases.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

using wick::Average;
using wick::KappaWeights;
using wick::Tensor;
using wick_tests::MetricCase;

TEST_CASE("metrics of confusions are scikit-learn's: one class, absent ones, ties, weights of 0") {
  int count = 0;
  for (const MetricCase& c : wick_tests::metric_cases()) {
    if (c.kind == MetricCase::classes) {
      for (const auto& [average, name] :
           {std::pair{Average::micro, "micro"}, std::pair{Average::macro, "macro"},
            std::pair{Average::weighted, "weighted"}, std::pair{Average::binary, "binary"}}) {
        check_metric(wick::Precision(average), c, std::string("precision ") + name, count);
        check_metric(wick::Recall(average), c, std::string("recall ") + name, count);
        check_metric(wick::F1Score(average), c, std::string("f1 ") + name, count);
      }
      check_metric(wick::BalancedAccuracy(), c, "balanced", count);
      check_metric(wick::MatthewsCorrelation(), c, "mcc", count);
      check_metric(wick::CohenKappa(), c, "kappa None", count);
      check_metric(wick::CohenKappa(KappaWeights::linear), c, "kappa linear", count);
      check_metric(wick::CohenKappa(KappaWeights::quadratic), c, "kappa quadratic", count);
    } else if (c.kind == MetricCase::scores) {
      check_metric(wick::Precision(Average::binary, 0.5), c, "precision", count);
      check_metric(wick::Recall(Average::binary, 0.5), c, "recall", count);
      check_metric(wick::F1Score(Average::binary, 0.5), c, "f1", count);
      check_metric(wick::BalancedAccuracy(0.5), c, "balanced", count);
    }
  }
  CHECK(count == 60 * 14 + 20 * 3 + 4 * 4);
}

TEST_CASE("they are metrics, and no samples give no number") {
  using View = wick::TensorView<const float>;
  static_assert(wick::MetricOfPredictions<wick::F1Score, View, wick::TensorArg<std::int64_t>>);
  static_assert(wick::MetricOfPredictions<wick::F1Score, View, wick::TensorArg<float>>);
  static_assert(!wick::MetricOfPredictions<wick::F1Score, View, wick::TensorArg<std::int32_t>>);
  static_assert(wick::detail::larger_is_better<wick::CohenKappa>());
  CHECK(std::isnan(wick::Precision().result()));
  CHECK(std::isnan(wick::BalancedAccuracy().result()));
  CHECK(std::isnan(wick::MatthewsCorrelation().result()));
  CHECK(std::isnan(wick::CohenKappa().result()));
  CHECK(wick::Recall().name() == std::string("Recall"));
}
