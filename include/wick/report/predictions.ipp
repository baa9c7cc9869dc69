#pragma once

// Definitions of report/predictions.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/report/predictions.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void demand_classes(const char* where, TensorArg<double> probabilities,
                           TensorArg<std::int64_t> targets) {
  check_classes<double>(probabilities, targets, where);
  if (probabilities.size(1) < 2) {
    throw ShapeError(std::string(where) + ": expected probabilities of at least two classes, got " +
                     probabilities.shape().str());
  }
}

inline void demand_numbers(const char* where, TensorArg<double> predictions, TensorArg<double> targets) {
  if (predictions.dim() != 1 || !(predictions.shape() == targets.shape())) {
    throw ShapeError(std::string(where) + ": expected predictions (B) and targets (B), got " +
                     predictions.shape().str() + " and " + targets.shape().str());
  }
}

[[nodiscard]] inline std::string label_of_class(std::span<const std::string> names, Index i) {
  const auto at = static_cast<std::size_t>(i);
  return at < names.size() ? names[at] : std::to_string(i);
}

WICK_INLINE void describe_classes(Report& report, TensorArg<double> probabilities,
                                  TensorArg<std::int64_t> targets, std::span<const std::string> names) {
  demand_classes("describe_classes", probabilities, targets);
  ConfusionMatrix matrix;
  matrix.accumulate<double>(probabilities, targets);
  report.confusion = report_confusion(matrix, names);
  report.roc.clear();
  report.precision_recall.clear();
  report.calibration.clear();
  if (!std::ranges::all_of(probabilities.span(), [](double p) { return is_finite(p); })) {
    report.notes.emplace_back("Some predicted probabilities are not finite; curves were left out.");
    return;
  }
  const Index rows = probabilities.size(0);
  const Index classes = probabilities.size(1);
  Tensor<double> scores(Shape{rows});
  Tensor<std::int64_t> truth(Shape{rows});
  const auto in_range = [](const Tensor<double>& p) {
    return std::ranges::all_of(p.span(), [](double x) { return x >= 0 && x <= 1; });
  };
  for (Index c = classes == 2 ? 1 : 0; c < classes; ++c) {
    Index ones = 0;
    for (Index b = 0; b < rows; ++b) {
      scores.data()[b] = probabilities.data()[b * classes + c];
      truth.data()[b] = targets.data()[b] == c ? 1 : 0;
      ones += targets.data()[b] == c ? 1 : 0;
    }
    if (ones == 0 || ones == rows) continue;
    report.roc.push_back(roc_curve(scores, truth));
    report.roc.back().name = label_of_class(names, c);
    report.precision_recall.push_back(precision_recall_curve(scores, truth));
    report.precision_recall.back().name = label_of_class(names, c);
    if (classes == 2 && in_range(scores)) {
      report.calibration.push_back(calibration_curve(scores, truth));
      report.calibration.back().name = label_of_class(names, c);
    }
  }
  if (classes == 2 || rows == 0) return;
  for (Index b = 0; b < rows; ++b) {
    const double* const row = probabilities.data() + b * classes;
    const Index best = largest_of(row, classes);
    scores.data()[b] = row[best];
    truth.data()[b] = targets.data()[b] == best ? 1 : 0;
  }
  if (!in_range(scores)) return;
  report.calibration.push_back(calibration_curve(scores, truth));
  report.calibration.back().name = "largest probability";
}

WICK_INLINE void describe_numbers(Report& report, TensorArg<double> predictions, TensorArg<double> targets,
                                  const std::string& unit) {
  demand_numbers("describe_numbers", predictions, targets);
  ReportResiduals& residuals = report.residuals.emplace();
  residuals.targets.assign(targets.span().begin(), targets.span().end());
  residuals.predictions.assign(predictions.span().begin(), predictions.span().end());
  residuals.unit = unit;
  std::vector<double> errors;
  for (Index b = 0; b < predictions.numel(); ++b) {
    errors.push_back(predictions.data()[b] - targets.data()[b]);
  }
  report.histograms.push_back(report_histogram(errors, 30, "How far predictions are off",
                                               "Prediction − target" + (unit.empty() ? "" : ", " + unit)));
}

/// Puts the worst `count` first, and of equal ones those of the first rows; NaN is the worst of all.
inline void keep_worst(std::vector<WorstRow>& rows, Index count) {
  std::ranges::stable_sort(rows, [](const WorstRow& a, const WorstRow& b) {
    return std::isnan(a.error) ? !std::isnan(b.error) : a.error > b.error;
  });
  if (static_cast<Index>(rows.size()) > count)
    rows.resize(static_cast<std::size_t>((std::max)(count, Index{0})));
}

WICK_INLINE std::vector<WorstRow> worst_rows(TensorArg<double> probabilities, TensorArg<std::int64_t> targets,
                                             Index count) {
  demand_classes("worst_rows", probabilities, targets);
  std::vector<WorstRow> rows;
  const Index classes = probabilities.size(1);
  for (Index b = 0; b < probabilities.size(0); ++b) {
    const double* const row = probabilities.data() + b * classes;
    const Index best = largest_of(row, classes);
    const auto target = static_cast<Index>(targets.data()[b]);
    if (best == target && !std::isnan(row[best])) continue;
    rows.push_back({b, best, -std::log(row[target])});
  }
  keep_worst(rows, count);
  return rows;
}

WICK_INLINE std::vector<WorstRow> worst_rows(TensorArg<double> predictions, TensorArg<double> targets,
                                             Index count) {
  demand_numbers("worst_rows", predictions, targets);
  std::vector<WorstRow> rows;
  for (Index b = 0; b < predictions.numel(); ++b) {
    rows.push_back({b, 0, std::abs(predictions.data()[b] - targets.data()[b])});
  }
  keep_worst(rows, count);
  return rows;
}

}  // namespace detail

WICK_INLINE ReportConfusion report_confusion(const ConfusionMatrix& matrix,
                                             std::span<const std::string> names) {
  ReportConfusion result;
  for (Index i = 0; i < matrix.classes(); ++i) {
    result.classes.push_back(detail::label_of_class(names, i));
    for (Index j = 0; j < matrix.classes(); ++j) result.counts.push_back(matrix.at(i, j));
  }
  return result;
}

WICK_INLINE ReportHistogram report_histogram(std::span<const double> values, Index bins, std::string title,
                                             std::string x_label) {
  constexpr Index most_bins = 10'000;
  if (bins < 1 || bins > most_bins) {
    throw OptionError("report_histogram: expected bins in [1, " + std::to_string(most_bins) + "], got " +
                      std::to_string(bins));
  }
  ReportHistogram result{std::move(title), std::move(x_label), {}, {}};
  double low = 0;
  double high = 0;
  bool any = false;
  for (const double x : values) {
    if (!is_finite(x)) continue;
    low = any ? (std::min)(low, x) : x;
    high = any ? (std::max)(high, x) : x;
    any = true;
  }
  if (!any) return result;
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  // Halves, because the difference of the largest doubles is not one.
  const double half_width = high / 2 - low / 2;
  const auto count = static_cast<double>(bins);
  for (Index i = 0; i <= bins; ++i) {
    const double share = static_cast<double>(i) / count;
    result.edges.push_back(i == bins ? high : low + half_width * share + half_width * share);
  }
  result.counts.resize(static_cast<std::size_t>(bins));
  for (const double x : values) {
    if (!is_finite(x)) continue;
    const auto after = std::ranges::upper_bound(result.edges, x) - result.edges.begin();
    result.counts[static_cast<std::size_t>((std::min)(static_cast<Index>(after), bins) - 1)] += 1;
  }
  return result;
}

WICK_END_NAMESPACE
