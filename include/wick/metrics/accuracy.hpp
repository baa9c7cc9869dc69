#pragma once

// The share of right answers.

#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

/// Share of rows whose largest log-probability is at the target, in [0, 1]; NaN for
/// no rows. Throws ShapeError unless log_probs is (B, C) and target is (B).
template <Floating T>
[[nodiscard]] double accuracy(TensorView<const T> log_probs, TensorArg<std::int64_t> target) {
  if (log_probs.dim() != 2 || target.dim() != 1 || log_probs.size(0) != target.numel()) {
    throw ShapeError("accuracy: expected log-probabilities (B, C) and targets (B), got " +
                     log_probs.shape().str() + " and " + target.shape().str());
  }
  const Index rows = log_probs.size(0);
  const Index cols = log_probs.size(1);
  Index right = 0;
  for (Index b = 0; b < rows; ++b) {
    const T* const row = log_probs.data() + b * cols;
    Index best = 0;
    for (Index c = 1; c < cols; ++c) {
      if (row[c] > row[best]) best = c;
    }
    if (best == target.data()[b]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(rows);
}
template <Floating T>
[[nodiscard]] double accuracy(const Tensor<T>& log_probs, TensorArg<std::int64_t> target) {
  return accuracy<T>(log_probs.view(), target);
}

/// The mean over batches of accuracy(), as in the lesson: when the last batch is smaller, its samples weigh
/// more. For scores, logits or log-probabilities (B, C) and classes (B).
class Accuracy {
 public:
  /// As it is reported.
  [[nodiscard]] static const char* name() noexcept { return "Accuracy"; }

  /// One more batch. Throws ShapeError as accuracy() does.
  template <Floating T>
  void accumulate(TensorView<const T> scores, TensorArg<std::int64_t> targets) {
    sum_ += accuracy<T>(scores, targets);
    ++batches_;
  }
  /// In [0, 1]; NaN before the first batch.
  [[nodiscard]] double result() const noexcept { return sum_ / static_cast<double>(batches_); }

 private:
  double sum_ = 0;
  Index batches_ = 0;
};

WICK_END_NAMESPACE
