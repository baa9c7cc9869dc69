#pragma once

// Definitions of metrics/confusion_matrix.hpp.

#include <type_traits>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/metrics/confusion_matrix.hpp>
#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE double ConfusionMatrix::at(Index target, Index predicted) const {
  if (target < 0 || target >= classes_ || predicted < 0 || predicted >= classes_) {
    throw IndexError("ConfusionMatrix: expected classes below " + std::to_string(classes_) + ", got " +
                     std::to_string(target) + " and " + std::to_string(predicted));
  }
  return counts_[static_cast<std::size_t>(target * classes_ + predicted)];
}

WICK_INLINE Tensor<double> ConfusionMatrix::counts() const {
  Tensor<double> result(Shape{classes_, classes_});
  std::ranges::copy(counts_, result.data());
  return result;
}

WICK_INLINE bool ConfusionMatrix::has_class(Index i) const {
  static_cast<void>(at(i, i));
  return has_class_[static_cast<std::size_t>(i)];
}

WICK_INLINE double ConfusionMatrix::targets(Index i) const {
  double sum = 0;
  for (Index j = 0; j < classes_; ++j) sum += at(i, j);
  return sum;
}

WICK_INLINE double ConfusionMatrix::predictions(Index i) const {
  double sum = 0;
  for (Index j = 0; j < classes_; ++j) sum += at(j, i);
  return sum;
}

WICK_INLINE double ConfusionMatrix::total() const noexcept {
  double sum = 0;
  for (const double count : counts_) sum += count;
  return sum;
}

WICK_INLINE double ConfusionMatrix::right() const noexcept {
  double sum = 0;
  for (Index i = 0; i < classes_; ++i) sum += counts_[static_cast<std::size_t>(i * classes_ + i)];
  return sum;
}

WICK_INLINE void ConfusionMatrix::add_classes(TensorArg<std::int64_t> predicted,
                                              TensorArg<std::int64_t> targets,
                                              const detail::SampleWeights<double>& weights) {
  if (predicted.dim() != 1 || !(predicted.shape() == targets.shape())) {
    throw ShapeError(std::string(where) + ": expected predicted classes (B) and targets (B), got " +
                     predicted.shape().str() + " and " + targets.shape().str());
  }
  std::int64_t largest = -1;
  for (const auto classes : {predicted.span(), targets.span()}) {
    for (const std::int64_t c : classes) {
      if (c < 0 || c >= most_classes) {
        throw IndexError(std::string(where) + ": expected classes in [0, " + std::to_string(most_classes) +
                         "), got " + std::to_string(c));
      }
      largest = (std::max)(largest, c);
    }
  }
  reserve(detail::as_integer<Index>(largest) + 1);
  for (Index b = 0; b < targets.numel(); ++b) add(targets.data()[b], predicted.data()[b], weights[b]);
}

WICK_INLINE void ConfusionMatrix::reserve(Index classes) {
  if (classes <= classes_) return;
  if (classes > most_classes) {
    throw OptionError(std::string(where) + ": at most " + std::to_string(most_classes) + " classes, got " +
                      std::to_string(classes));
  }
  std::vector<double> counts(static_cast<std::size_t>(classes * classes));
  for (Index i = 0; i < classes_; ++i) {
    std::copy_n(counts_.begin() + i * classes_, classes_, counts.begin() + i * classes);
  }
  counts_ = std::move(counts);
  has_class_.resize(static_cast<std::size_t>(classes));
  classes_ = classes;
}

WICK_INLINE void ConfusionMatrix::accumulate(TensorArg<std::int64_t> predicted,
                                             TensorArg<std::int64_t> targets) {
  add_classes(predicted, targets, detail::SampleWeights<double>());
}

WICK_INLINE void ConfusionMatrix::accumulate(TensorArg<std::int64_t> predicted,
                                             TensorArg<std::int64_t> targets, TensorArg<double> weights) {
  add_classes(predicted, targets, detail::SampleWeights<double>(weights, targets.numel(), where));
}

WICK_INLINE void ConfusionMatrix::add(std::int64_t target, std::int64_t predicted, double weight) {
  counts_[static_cast<std::size_t>(target * classes_ + predicted)] += weight;
  has_class_[static_cast<std::size_t>(target)] = true;
  has_class_[static_cast<std::size_t>(predicted)] = true;
}

WICK_END_NAMESPACE
