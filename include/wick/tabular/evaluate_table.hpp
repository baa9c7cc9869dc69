#pragma once

// How good a model of a table is on other rows.

#include <wick/base/detail/compiled.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_predictor.hpp>

WICK_BEGIN_NAMESPACE

/// class_metrics() or number_metrics() of the predictions for a table that has the target's column as well.
/// `pool` shares the work out, without any influence on the results. Throws IndexError for columns that are
/// not there, and OptionError for rows whose target is missing, or of a class that the model does not know.
[[nodiscard]] MetricValues evaluate_table(const TablePredictor& predictor, const Table& table,
                                          ThreadPool* pool = nullptr);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/evaluate_table.ipp>
#endif
