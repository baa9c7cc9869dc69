#pragma once

// How good models of a table are on rows that they have not seen, all rows in turn.

#include <wick/base/detail/compiled.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_fit.hpp>
#include <wick/tabular/table_options.hpp>

#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What cross_validate_table() measured.
struct TableFolds {
  std::vector<SplitMetrics> folds = {};  ///< of each fold
  bool stopped = false;                  ///< before all folds were done, which are left out
  bool out_of_time = false;              ///< the clock took epochs away from some

  /// The mean of a metric over the folds. Throws IndexError for a name that is not there.
  [[nodiscard]] double mean(std::string_view metric) const;
  /// Its standard deviation, that of the folds. Throws IndexError for a name that is not there.
  [[nodiscard]] double deviation(std::string_view metric) const;
  /// A line for each metric: mean, plus or minus the standard deviation.
  [[nodiscard]] std::string text() const;
  /// A JSON list of the folds, each with `rows` and `values`.
  [[nodiscard]] std::string json() const;
};

/// Deals the rows that have a target out to `folds` parts, in each of which small and large targets, or the
/// classes, have their share, and fits as many models, each tested on one part and trained on the others:
/// fit_table() with TableOptions::test_rows, without importances. Each of them may take `max_time`. Throws as
/// fit_table() does, and OptionError unless 2 <= folds <= half of the rows.
[[nodiscard]] TableFolds cross_validate_table(const Table& table, std::string_view target, Index folds,
                                              const TableOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/cross_validate_table.ipp>
#endif
