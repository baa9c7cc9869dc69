#pragma once

// Definitions of tabular/table_report.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/report/predictions.hpp>
#include <wick/tabular/detail/member.hpp>
#include <wick/tabular/detail/metrics_text.hpp>
#include <wick/tabular/table_metrics.hpp>
#include <wick/tabular/table_report.hpp>
#include <wick/version.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void add_metrics(Report& report, const char* name, const SplitMetrics& metrics) {
  if (metrics.rows == 0) return;
  ReportMetrics section{.split = name};
  for (std::size_t i = 0; i < metrics.values.size(); ++i) {
    section.values.push_back(
        {metrics.values.name(i), metrics.values.value(i), metrics.values.description(i).larger_is_better});
  }
  report.metrics.push_back(std::move(section));
}

/// The losses of all networks, one chart for training and one for validation would be hard to compare: both
/// in one.
inline void add_losses(Report& report, const TableFit& fit) {
  ReportChart chart{.title = "Loss", .y_label = "Loss", .logarithmic = true};
  const bool one = fit.history().size() == 1;
  for (std::size_t i = 0; i < fit.history().size(); ++i) {
    const TableHistory& history = fit.history()[i];
    const std::string number = one ? "" : " " + std::to_string(i + 1);
    if (i == 0) chart.series.push_back({.name = "Training" + number, .y = history.train});
    chart.series.push_back({.name = "Validation" + number, .y = history.validation});
  }
  if (one && fit.history()[0].best_epoch > 0) {
    chart.marked = static_cast<double>(fit.history()[0].best_epoch);
    chart.mark = "best epoch";
  }
  if (!chart.series.empty()) report.curves.push_back(std::move(chart));
}

inline void add_predictions(Report& report, const TableFit& fit, const Table& table) {
  const std::vector<Index>& rows = fit.split().test.empty() ? fit.split().validation : fit.split().test;
  if (rows.empty()) return;
  const Table shown = table.take(rows);
  const TablePredictor& predictor = fit.predictor();
  const TargetEncoder& target = predictor.preprocessing().target;
  const TablePredictions predictions = predictor.predict(shown, fit.options().pool);
  std::vector<WorstRow> worst;
  if (predictor.task() == Task::regression) {
    const Tensor<double> numbers = target.numbers(shown[target.name()]);
    describe_numbers(report, predictions.numbers, numbers, "");
    worst = worst_rows(predictions.numbers, numbers);
    report.mistakes.error = "Absolute error";
  } else {
    const Tensor<std::int64_t> classes = target.classes(shown[target.name()]);
    describe_classes(report, predictions.probabilities, classes, target.class_names());
    worst = worst_rows(predictions.probabilities, classes);
    report.mistakes.error = "Loss";
  }
  const std::vector<InputColumn> inputs = predictor.preprocessing().inputs.columns();
  for (const WorstRow& row : worst) {
    ReportMistake mistake{.row = rows[static_cast<std::size_t>(row.row)],
                          .expected = shown[target.name()].text(row.row),
                          .predicted = predictor.task() == Task::regression
                                           ? four_digits(predictions.numbers.data()[row.row])
                                           : target.class_names()[static_cast<std::size_t>(row.predicted)],
                          .error = row.error};
    for (const InputColumn& input : inputs)
      mistake.values.push_back({input.name, shown[input.name].text(row.row)});
    report.mistakes.rows.push_back(std::move(mistake));
  }
}

inline void add_columns(Report& report, const TableFit& fit, const Table& table) {
  const Preprocessing& preprocessing = fit.predictor().preprocessing();
  const std::vector<InputColumn> inputs = preprocessing.inputs.columns();
  for (const Column& column : table.columns()) {
    ReportColumn shown{.name = column.name(),
                       .kind = std::string(name_of(column.kind())),
                       .missing = column.missing_count()};
    if (column.kind() == ColumnKind::categorical) {
      shown.kind += ", " + std::to_string(column.categories().names.size()) + " categories";
    }
    const auto input = std::ranges::find(inputs, column.name(), &InputColumn::name);
    const auto ignored =
        std::ranges::find(preprocessing.inputs.ignored(), column.name(), &IgnoredColumn::name);
    if (column.name() == preprocessing.target.name()) {
      shown.note = "target";
    } else if (input != inputs.end()) {
      shown.note = std::string(name_of(input->treatment)) + ", " + std::to_string(input->width) +
                   (input->width == 1 ? " feature" : " features");
    } else if (ignored != preprocessing.inputs.ignored().end()) {
      shown.note = "not used: " + ignored->why;
    } else {
      shown.note = "left out";
    }
    report.data.columns.push_back(std::move(shown));
  }
}

}  // namespace detail

WICK_INLINE Report table_report(const TableFit& fit, const Table& table, const TableSource& source) {
  const Preprocessing& preprocessing = fit.predictor().preprocessing();
  const TableOptions& options = fit.options();
  Report report;
  report.title = preprocessing.target.name() + (source.name.empty() ? "" : " of " + source.name);
  report.task = "Predicts " +
                std::string(preprocessing.target.task() == Task::regression ? "the number " : "the class ") +
                preprocessing.target.name() + " from " +
                std::to_string(preprocessing.inputs.columns().size()) + " columns";
  report.notes = fit.notes();
  detail::add_metrics(report, "Training", fit.metrics().train);
  detail::add_metrics(report, "Validation", fit.metrics().validation);
  detail::add_metrics(report, "Test", fit.metrics().test);
  detail::add_losses(report, fit);
  detail::add_predictions(report, fit, table);
  report.importances.metric = main_metric(fit.metrics().task);
  for (const ColumnImportance& column : fit.importances()) {
    report.importances.columns.push_back({column.name, column.mean, column.deviation});
  }
  report.data.source = source.name;
  report.data.hash = source.hash;
  report.data.rows = table.rows();
  report.data.target = preprocessing.target.name();
  report.data.splits = {{"Training and validation", static_cast<Index>(fit.split().development.size())},
                        {"Test", static_cast<Index>(fit.split().test.size())}};
  detail::add_columns(report, fit, table);
  const TabularNetworkOptions& network = options.network;
  report.settings = {
      {"Networks", std::to_string(fit.history().size())},
      {"Epochs", std::to_string(*options.epochs)},
      {"Hidden layers", std::to_string(network.blocks + 1) + " of " + std::to_string(network.width)},
      {"Waves of each number", std::to_string(network.frequencies)},
      {"Dropout", python_repr(network.dropout)},
      {"Parameters", std::to_string(fit.predictor().parameter_count())},
      {"Optimizer", "AdamW"},
      {"Learning rate",
       detail::four_digits(options.learning_rate *
                           detail::rate_growth(static_cast<Index>(fit.split().development.size()),
                                               fit.metrics().task != Task::regression))},
      {"Weight decay", python_repr(options.weight_decay)},
      {"Batch size", std::to_string(options.batch_size)},
      {"Seed", std::to_string(options.seed)}};
  if (options.max_time)
    report.settings.push_back({"Time budget", python_repr(options.max_time->count()) + " s"});
  report.timing = {{"Training", fit.seconds()}};
  report.versions = {{"wick", std::to_string(WICK_VERSION_MAJOR) + "." + std::to_string(WICK_VERSION_MINOR) +
                                  "." + std::to_string(WICK_VERSION_PATCH)}};
  return report;
}

WICK_END_NAMESPACE
