#pragma once

#include <wick/metrics/accuracy.hpp>
#include <wick/metrics/classification.hpp>
#include <wick/metrics/mean_absolute_error.hpp>
#include <wick/metrics/probabilities.hpp>
#include <wick/metrics/ranking.hpp>
#include <wick/metrics/regression.hpp>
#include <wick/tabular/table_metrics.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Targets, Metric... Metrics>
[[nodiscard]] MetricValues measured(TensorArg<double> predictions, const Targets& targets,
                                    Metrics... metrics) {
  MetricValues values(
      std::vector<MetricValues::Description>{{std::string(metrics.name()), larger_is_better<Metrics>()}...});
  std::size_t i = 0;
  const auto measure = [&](auto& metric) {
    metric.accumulate(TensorView<const double>(predictions), targets);
    values.value(i++) = metric.result();
  };
  (measure(metrics), ...);
  return values;
}

}  // namespace detail

WICK_INLINE MetricValues class_metrics(TensorArg<double> probabilities, TensorArg<std::int64_t> targets) {
  const bool binary = probabilities.dim() == 2 && probabilities.size(1) == 2;
  return detail::measured(probabilities, targets, Accuracy(), BalancedAccuracy(),
                          F1Score(binary ? Average::binary : Average::macro), RocAuc(Scores::probabilities),
                          AveragePrecision(Scores::probabilities), LogLoss(Scores::probabilities),
                          BrierScore(Scores::probabilities), MatthewsCorrelation());
}

WICK_INLINE MetricValues number_metrics(TensorArg<double> predictions, TensorArg<double> targets) {
  return detail::measured(predictions, targets, RootMeanSquaredError(), MeanAbsoluteError(), R2Score(),
                          ExplainedVariance(), MeanAbsolutePercentageError());
}

WICK_END_NAMESPACE
