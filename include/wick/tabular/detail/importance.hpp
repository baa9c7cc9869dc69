#pragma once

// How much the predictions for a table need each of its columns.

#include <wick/base/detail/compiled.hpp>
#include <wick/random/generator.hpp>
#include <wick/tabular/table_fit.hpp>

#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

struct TablePredictorParts;

/// Of each column that the predictor of these parts reads, by falling importance, on as many of the rows as
/// `work` operations are enough for, `row_work` for each, but 20 at least, with fewer repeats if those are
/// too many. L. Breiman, Random Forests, 2001.
[[nodiscard]] std::vector<ColumnImportance> column_importances(const TablePredictorParts& parts,
                                                               const Table& table, std::vector<Index> rows,
                                                               Index repeats, double row_work, double work,
                                                               Generator& generator);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/detail/importance.ipp>
#endif
