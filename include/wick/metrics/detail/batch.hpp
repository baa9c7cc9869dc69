#pragma once

// What metrics check of a batch: shapes, classes and the weights of samples.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How much each sample of a batch counts: by weights, or 1.
template <Floating T>
class SampleWeights {
 public:
  SampleWeights() = default;
  /// Throws ShapeError unless there is one for each of `rows`, OptionError unless all are finite and >= 0.
  SampleWeights(TensorArg<T> weights, Index rows, std::string_view metric) : weights_(weights.data()) {
    if (weights.dim() != 1 || weights.size(0) != rows) {
      throw ShapeError(std::string(metric) + ": expected weights of shape [" + std::to_string(rows) +
                       "], got " + weights.shape().str());
    }
    for (const T w : weights.span()) {
      if (!is_finite(w) || w < 0) {
        throw OptionError(std::string(metric) + ": expected weights that are finite and >= 0, got " +
                          python_repr(static_cast<double>(w)));
      }
    }
  }
  [[nodiscard]] double operator[](Index row) const noexcept {
    return weights_ == nullptr ? 1 : static_cast<double>(weights_[row]);
  }

 private:
  const T* weights_ = nullptr;
};

/// Throws ShapeError unless scores are (B, C) with C >= 1 and targets (B), IndexError for classes outside [0,
/// C).
template <Floating T>
void check_classes(TensorView<const T> scores, TensorArg<std::int64_t> targets, std::string_view metric) {
  if (scores.dim() != 2 || targets.dim() != 1 || scores.size(0) != targets.numel() || scores.size(1) < 1) {
    throw ShapeError(std::string(metric) + ": expected scores (B, C) and targets (B), got " +
                     scores.shape().str() + " and " + targets.shape().str());
  }
  for (const std::int64_t target : targets.span()) {
    if (target < 0 || target >= scores.size(1)) {
      throw IndexError(std::string(metric) + ": target " + std::to_string(target) + " is out of range for " +
                       std::to_string(scores.size(1)) + " classes");
    }
  }
}

/// Throws ShapeError unless the shapes are equal: nothing broadcasts here.
template <Floating T>
void check_equal_shapes(TensorView<const T> predictions, TensorArg<T> targets, std::string_view metric) {
  if (predictions.shape() == targets.shape()) return;
  throw ShapeError(std::string(metric) + ": expected targets of the predictions' shape " +
                   predictions.shape().str() + ", got " + targets.shape().str());
}

/// The same, for samples with weights: their first dimension.
template <Floating T>
[[nodiscard]] Index rows_of(TensorView<const T> predictions) {
  return predictions.dim() == 0 ? 1 : predictions.size(0);
}

/// The place of the largest of `count` numbers, of the first of them where they are equal.
template <Floating T>
[[nodiscard]] Index largest_of(const T* scores, Index count) noexcept {
  Index best = 0;
  for (Index c = 1; c < count; ++c) {
    if (scores[c] > scores[best]) best = c;
  }
  return best;
}

}  // namespace detail

WICK_END_NAMESPACE
