#pragma once

// Definitions of tabular/detail/importance.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/tabular/detail/importance.hpp>
#include <wick/tabular/detail/predictor_parts.hpp>
#include <wick/tabular/detail/strata.hpp>
#include <wick/tabular/table_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::vector<ColumnImportance> column_importances(const TablePredictorParts& parts,
                                                             const Table& table, std::vector<Index> rows,
                                                             Index repeats, double row_work, double work,
                                                             Generator& generator) {
  const std::vector<InputColumn> inputs = parts.preprocessing.inputs.columns();
  if (repeats == 0 || rows.size() < 2) return {};
  constexpr double fewest = 20;
  const double shuffles = work / (row_work * static_cast<double>(inputs.size()));  // of a row in all columns
  repeats = std::clamp(static_cast<Index>((std::min)(shuffles / fewest, 1e6)), Index{1}, repeats);
  const double most = std::clamp(shuffles / static_cast<double>(repeats), fewest, 5000.0);
  if (static_cast<double>(rows.size()) > most) {
    std::vector<Index> places(rows.size());
    randperm_(places, generator);
    places.resize(static_cast<std::size_t>(most));
    rows = rows_at(rows, std::move(places));
    std::ranges::sort(rows);
  }
  // Features of a column are of this column alone, so that they can be shuffled instead: tables of many
  // columns would take long.
  const Table sample = table.take(rows);
  const TargetEncoder& target = parts.preprocessing.target;
  const Column& truth = sample[target.name()];
  Tensor<float> features = parts.preprocessing.inputs.transform<float>(sample);
  const Tensor<float> before = features;
  const std::string metric = main_metric(target.task());
  const auto measured = [&] {
    const TablePredictions predictions = predictions_of(parts, features, nullptr);
    return target.task() == Task::regression
               ? number_metrics(predictions.numbers, target.numbers(truth))[metric]
               : class_metrics(predictions.probabilities, target.classes(truth))[metric];
  };
  const double base = measured();
  std::vector<ColumnImportance> result;
  for (const InputColumn& input : inputs) {
    ColumnImportance importance{.name = input.name};
    std::vector<double> losses;
    const auto set = [&](const auto& row_for) {
      for (Index row = 0; row < features.size(0); ++row) {
        const float* const from = before.data() + row_for(row) * before.size(1) + input.feature;
        std::copy_n(from, input.width, features.data() + row * features.size(1) + input.feature);
      }
    };
    for (Index repeat = 0; repeat < repeats; ++repeat) {
      std::vector<Index> order(rows.size());
      randperm_(order, generator);
      set([&](Index row) { return order[static_cast<std::size_t>(row)]; });
      losses.push_back(measured() - base);
      importance.mean += losses.back() / static_cast<double>(repeats);
    }
    set([](Index row) { return row; });
    for (const double loss : losses) {
      importance.deviation +=
          (loss - importance.mean) * (loss - importance.mean) / static_cast<double>(repeats);
    }
    importance.deviation = std::sqrt(importance.deviation);
    result.push_back(std::move(importance));
  }
  std::ranges::stable_sort(result, std::greater<>(), &ColumnImportance::mean);
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
