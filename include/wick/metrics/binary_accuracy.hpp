#pragma once

// The share of right answers to questions of yes and no.

#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

/// The share of elements on the same side as their targets: of predictions above `threshold` for targets
/// above 1/2, and of the others. For binary and multi-label classification, with targets 0 and 1 of the
/// predictions' shape. The threshold 0 is that of logits, as BCEWithLogitsLoss takes them; 0.5 is that of
/// probabilities.
class BinaryAccuracy {
 public:
  /// Predictions above `threshold` say yes.
  explicit BinaryAccuracy(double threshold = 0) noexcept : threshold_(threshold) {}

  /// As it is reported.
  [[nodiscard]] static const char* name() noexcept { return "Accuracy"; }

  /// Throws ShapeError unless the shapes are equal.
  template <Floating T>
  void accumulate(TensorView<const T> predictions, std::type_identity_t<TensorArg<T>> targets) {
    if (!(predictions.shape() == targets.shape())) {
      throw ShapeError("BinaryAccuracy: expected targets of the predictions' shape " +
                       predictions.shape().str() + ", got " + targets.shape().str());
    }
    for (Index i = 0; i < predictions.numel(); ++i) {
      const bool yes = static_cast<double>(predictions.data()[i]) > threshold_;
      if (yes == (targets.data()[i] > T(0.5))) ++right_;
      /// In [0, 1]; NaN of no elements.
    }
    count_ += predictions.numel();
  }
  /// In [0, 1]; NaN of no elements.
  [[nodiscard]] double result() const noexcept {
    return static_cast<double>(right_) / static_cast<double>(count_);
  }

 private:
  double threshold_;
  Index right_ = 0;
  Index count_ = 0;
};

WICK_END_NAMESPACE
