#pragma once

// Definitions of tabular/detail/importance.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/tabular/detail/importance.hpp>
#include <wick/tabular/detail/strata.hpp>
#include <wick/tabular/evaluate_table.hpp>
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

WICK_INLINE std::vector<ColumnImportance> column_importances(const TablePredictor& predictor,
                                                             const Table& table, std::vector<Index> rows,
                                                             Index repeats, double row_work, double work,
                                                             Generator& generator) {
  const std::vector<InputColumn> inputs = predictor.preprocessing().inputs.columns();
  if (repeats == 0 || rows.size() < 2) return {};
  const double most = std::clamp(
      work / (row_work * static_cast<double>(repeats) * static_cast<double>(inputs.size())), 20.0, 5000.0);
  if (static_cast<double>(rows.size()) > most) {
    std::vector<Index> places(rows.size());
    randperm_(places, generator);
    places.resize(static_cast<std::size_t>(most));
    rows = rows_at(rows, std::move(places));
    std::ranges::sort(rows);
  }
  const Table sample = table.take(rows);
  const std::string metric = main_metric(predictor.task());
  const double base = evaluate_table(predictor, sample)[metric];
  std::vector<ColumnImportance> result;
  for (const InputColumn& input : inputs) {
    ColumnImportance importance{.name = input.name};
    std::vector<double> losses;
    for (Index repeat = 0; repeat < repeats; ++repeat) {
      std::vector<Index> order(rows.size());
      randperm_(order, generator);
      Table shuffled;
      for (const Column& column : sample.columns()) {
        shuffled.add(column.name() == input.name ? column.take(order) : column);
      }
      losses.push_back(evaluate_table(predictor, shuffled)[metric] - base);
      importance.mean += losses.back() / static_cast<double>(repeats);
    }
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
