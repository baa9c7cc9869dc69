#pragma once

// How far predictions are off.

#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <cmath>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// The mean over all elements of |prediction - target|, in the targets' unit; a smaller one is better.
class MeanAbsoluteError {
 public:
  static constexpr bool larger_is_better = false;  ///< what is best is least

  /// As it is reported.
  [[nodiscard]] static const char* name() noexcept { return "MAE"; }

  /// Throws ShapeError unless the shapes are equal: nothing broadcasts here.
  template <Floating T>
  void accumulate(TensorView<const T> predictions, std::type_identity_t<TensorArg<T>> targets) {
    if (!(predictions.shape() == targets.shape())) {
      throw ShapeError("MeanAbsoluteError: expected targets of the predictions' shape " +
                       predictions.shape().str() + ", got " + targets.shape().str());
    }
    for (Index i = 0; i < predictions.numel(); ++i) {
      sum_ += std::abs(static_cast<double>(predictions.data()[i]) - static_cast<double>(targets.data()[i]));
    }
    count_ += predictions.numel();
  }
  /// >= 0; NaN of no elements.
  [[nodiscard]] double result() const noexcept { return sum_ / static_cast<double>(count_); }

 private:
  double sum_ = 0;
  Index count_ = 0;
};

WICK_END_NAMESPACE
