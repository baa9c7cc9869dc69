#pragma once

// Definitions of tabular/cross_validate_table.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/tabular/cross_validate_table.hpp>
#include <wick/tabular/detail/metrics_text.hpp>
#include <wick/tabular/detail/strata.hpp>
#include <wick/tabular/detail/table_targets.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/table_metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE double TableFolds::mean(std::string_view metric) const {
  double sum = 0;
  for (const SplitMetrics& fold : folds) sum += fold.values[metric];
  return sum / static_cast<double>(folds.size());
}
WICK_INLINE double TableFolds::deviation(std::string_view metric) const {
  const double middle = mean(metric);
  double sum = 0;
  for (const SplitMetrics& fold : folds)
    sum += (fold.values[metric] - middle) * (fold.values[metric] - middle);
  return std::sqrt(sum / static_cast<double>(folds.size()));
}

WICK_INLINE std::string TableFolds::text() const {
  if (folds.empty()) return {};
  const MetricValues& first = folds[0].values;
  std::size_t width = 0;
  for (std::size_t i = 0; i < first.size(); ++i) width = (std::max)(width, first.name(i).size());
  std::string result;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::string& name = first.name(i);
    result += name + std::string(width - name.size(), ' ') + "  " + detail::four_digits(mean(name)) + " +- " +
              detail::four_digits(deviation(name)) + '\n';
  }
  return result;
}

WICK_INLINE std::string TableFolds::json() const {
  std::string result = "[";
  for (std::size_t i = 0; i < folds.size(); ++i) {
    result += (i > 0 ? ",\n    " : "\n    ") + detail::metrics_json(folds[i].rows, folds[i].values);
  }
  return result + (folds.empty() ? "]" : "\n  ]");
}

WICK_INLINE TableFolds cross_validate_table(const Table& table, std::string_view target, Index folds,
                                            const TableOptions& options) {
  const Column& column = table[target];
  const std::vector<Index> rows = detail::rows_with_target(table, column);
  if (folds < 2 || folds > static_cast<Index>(rows.size()) / 2) {
    throw OptionError("cross_validate_table: expected folds in [2, " + std::to_string(rows.size() / 2) +
                      "], half of the rows with a target, got " + std::to_string(folds));
  }
  const detail::TableTargets targets(table, column, rows, options);
  Generator generator(options.seed);
  TableFolds result;
  const auto parts = detail::dealt(rows, folds, targets.values, generator);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    TableOptions its = options;
    its.test_rows = parts[i];
    its.task = targets.encoder.task();
    its.importance_repeats = 0;
    its.out = nullptr;
    if (!options.state.empty()) its.state = options.state / ("fold-" + std::to_string(i + 1));
    if (options.on_progress) {
      its.on_progress = [&](TableProgress progress) {
        progress.share = (static_cast<double>(i) + progress.share) / static_cast<double>(folds);
        options.on_progress(progress);
      };
    }
    const TableFit fit = fit_table(table, target, its);
    if (fit.stopped()) {
      result.stopped = true;
      break;
    }
    result.out_of_time = result.out_of_time || fit.out_of_time();
    result.folds.push_back(fit.metrics().test);
    if (options.out != nullptr) {
      const char* const name = main_metric(targets.encoder.task());
      *options.out << "fold " << i + 1 << " of " << folds << ": " << name << " "
                   << detail::four_digits(result.folds.back().values[name]) << std::endl;
    }
  }
  return result;
}

WICK_END_NAMESPACE
