#pragma once

// The sections of a report that follow from what a model predicts and what was meant.

#include <wick/base/detail/compiled.hpp>
#include <wick/metrics/confusion_matrix.hpp>
#include <wick/report/report.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A row, by its place among those that were given, and how wrong the model is about it.
struct WorstRow {
  Index row = 0;        ///< from 0
  Index predicted = 0;  ///< the class with the largest probability; 0 for numbers
  double error = 0;     ///< -log of the probability of the class, or |prediction - target|
};

namespace detail {

void describe_classes(Report& report, TensorArg<double> probabilities, TensorArg<std::int64_t> targets,
                      std::span<const std::string> names);
void describe_numbers(Report& report, TensorArg<double> predictions, TensorArg<double> targets,
                      const std::string& unit);
[[nodiscard]] std::vector<WorstRow> worst_rows(TensorArg<double> probabilities,
                                               TensorArg<std::int64_t> targets, Index count);
[[nodiscard]] std::vector<WorstRow> worst_rows(TensorArg<double> predictions, TensorArg<double> targets,
                                               Index count);

template <Floating T>
[[nodiscard]] Tensor<double> as_doubles(TensorView<const T> values) {
  Tensor<double> result(values.shape());
  std::ranges::copy(values.span(), result.data());
  return result;
}

}  // namespace detail

/// The section of a confusion matrix. `names` are those of the classes, one for each or more than there are;
/// classes without one are called by their number.
[[nodiscard]] ReportConfusion report_confusion(const ConfusionMatrix& matrix,
                                               std::span<const std::string> names = {});

/// Counts of the finite ones of `values` in `bins` equally wide bins from the smallest to the largest, in
/// [1, 10000]; numpy.histogram(). Throws OptionError for other bins.
[[nodiscard]] ReportHistogram report_histogram(std::span<const double> values, Index bins = 30,
                                               std::string title = {}, std::string x_label = {});

/// Fills `confusion`, `roc`, `precision_recall` and `calibration` of a report from probabilities (B, C), C >=
/// 2, and classes (B). Of two classes the curves are those of class 1, of more they are those of each class
/// against the others, where it has samples and so have others; the calibration is then that of the largest
/// probability. Probabilities that are not finite leave the curves away and a note. Throws ShapeError, and
/// IndexError for classes outside [0, C).
template <Floating T>
void describe_classes(Report& report, TensorView<const T> probabilities, TensorArg<std::int64_t> targets,
                      std::span<const std::string> names = {}) {
  detail::describe_classes(report, detail::as_doubles<T>(probabilities), targets, names);
}
template <Floating T>
void describe_classes(Report& report, const Tensor<T>& probabilities, TensorArg<std::int64_t> targets,
                      std::span<const std::string> names = {}) {
  describe_classes<T>(report, probabilities.view(), targets, names);
}

/// Fills `residuals` and adds the histogram of prediction - target, from predictions (B) and targets (B) in
/// `unit`. Throws ShapeError.
template <Floating T>
void describe_numbers(Report& report, TensorView<const T> predictions,
                      std::type_identity_t<TensorArg<T>> targets, const std::string& unit = {}) {
  detail::describe_numbers(report, detail::as_doubles<T>(predictions), detail::as_doubles<T>(targets), unit);
}
template <Floating T>
void describe_numbers(Report& report, const Tensor<T>& predictions,
                      std::type_identity_t<TensorArg<T>> targets, const std::string& unit = {}) {
  describe_numbers<T>(report, predictions.view(), targets, unit);
}

/// The rows, `count` at most, whose class got the smallest probability and was not predicted, the worst
/// first: of probabilities (B, C) and classes (B). Throws ShapeError, and IndexError for classes outside
/// [0, C).
template <Floating T>
[[nodiscard]] std::vector<WorstRow> worst_rows(TensorView<const T> probabilities,
                                               TensorArg<std::int64_t> targets, Index count = 10) {
  return detail::worst_rows(detail::as_doubles<T>(probabilities), targets, count);
}
template <Floating T>
[[nodiscard]] std::vector<WorstRow> worst_rows(const Tensor<T>& probabilities,
                                               TensorArg<std::int64_t> targets, Index count = 10) {
  return worst_rows<T>(probabilities.view(), targets, count);
}
/// The rows, `count` at most, whose prediction is farthest from the target, the worst first and NaN before
/// all: of predictions (B) and targets (B). Throws ShapeError.
template <Floating T>
[[nodiscard]] std::vector<WorstRow> worst_rows(TensorView<const T> predictions,
                                               std::type_identity_t<TensorArg<T>> targets, Index count = 10) {
  return detail::worst_rows(detail::as_doubles<T>(predictions), detail::as_doubles<T>(targets), count);
}
template <Floating T>
[[nodiscard]] std::vector<WorstRow> worst_rows(const Tensor<T>& predictions,
                                               std::type_identity_t<TensorArg<T>> targets, Index count = 10) {
  return worst_rows<T>(predictions.view(), targets, count);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/report/predictions.ipp>
#endif
