#pragma once

// From a table to a model of one of its columns, in one call.

#include <wick/base/detail/compiled.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_fit.hpp>
#include <wick/tabular/table_options.hpp>

#include <string_view>

WICK_BEGIN_NAMESPACE

/// Trains networks that predict the column `target` from the others:
///
///     const wick::Table houses = wick::read_csv("houses.csv");
///     const auto fitted = wick::fit_table(houses, "price", {.max_time = 60s, .out = &std::cout});
///     std::cout << fitted.metrics();
///     fitted.save("houses.wick");
///
/// A tenth of the rows is kept for the test. The others are dealt out to five folds; each network is trained
/// on four of them and validated on the fifth, and has the values that it had after its best epoch there.
/// Together they predict. Statistics of columns, and of a target that is a number, are those of the rows that
/// are not for the test. All splits have the share of each class, or of small and large numbers, that the
/// table has.
///
/// Networks are TabularNetwork, trained by AdamW with the schedule and the rates of RealMLP (D. Holzmüller,
/// L. Grinsztajn, I. Steinwart, https://arxiv.org/abs/2407.04491) for cross-entropy or, of scaled numbers,
/// squared error. Equal options and rows give equal bits, for any number of threads, unless out_of_time() or
/// stopped().
///
/// Throws IndexError for a column or rows that are not there, OptionError for options out of range, fewer
/// than ten rows with a target, and what TargetEncoder::fit() and Preprocessor::fit() refuse; TrainingError
/// for losses that are not finite from the first epoch on.
[[nodiscard]] TableFit fit_table(const Table& table, std::string_view target,
                                 const TableOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/fit_table.ipp>
#endif
