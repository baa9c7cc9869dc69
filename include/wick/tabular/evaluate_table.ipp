#pragma once

// Definitions of tabular/evaluate_table.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/tabular/evaluate_table.hpp>
#include <wick/tabular/table_metrics.hpp>

WICK_BEGIN_NAMESPACE

WICK_INLINE MetricValues evaluate_table(const TablePredictor& predictor, const Table& table,
                                        ThreadPool* pool) {
  const TargetEncoder& target = predictor.preprocessing().target;
  const Column& column = table[target.name()];
  const TablePredictions predictions = predictor.predict(table, pool);
  if (predictor.task() == Task::regression) {
    return number_metrics(predictions.numbers, target.numbers(column));
  }
  return class_metrics(predictions.probabilities, target.classes(column));
}

WICK_END_NAMESPACE
