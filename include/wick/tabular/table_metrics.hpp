#pragma once

// What is measured of the predictions for a table.

#include <wick/base/detail/compiled.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/preprocess/target_encoder.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

/// Accuracy, balanced accuracy, F1 (of class 1 where there are two, else the mean over the classes), ROC-AUC,
/// PR-AUC, log loss, Brier score and the correlation of Matthews, of probabilities (B, C) and classes (B).
/// What they are of rows that lack a class, NaN among them, their classes say. Throws ShapeError and
/// IndexError.
[[nodiscard]] MetricValues class_metrics(TensorArg<double> probabilities, TensorArg<std::int64_t> targets);

/// RMSE, MAE, R2, explained variance and MAPE of predictions (B) and targets (B). Throws ShapeError.
[[nodiscard]] MetricValues number_metrics(TensorArg<double> predictions, TensorArg<double> targets);

/// The name of the metric that importances, cross-validation and search go by: `Log loss` of classes, `RMSE`
/// of numbers.
[[nodiscard]] constexpr const char* main_metric(Task task) noexcept {
  return task == Task::regression ? "RMSE" : "Log loss";
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/table_metrics.ipp>
#endif
