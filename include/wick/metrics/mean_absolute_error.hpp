#pragma once

// How far predictions are off.

#include <wick/metrics/detail/batch.hpp>
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
    detail::check_equal_shapes<T>(predictions, targets, "MeanAbsoluteError");
    add<T>(predictions, targets, detail::SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> predictions, std::type_identity_t<TensorArg<T>> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    detail::check_equal_shapes<T>(predictions, targets, "MeanAbsoluteError");
    add<T>(predictions, targets,
           detail::SampleWeights<T>(weights, detail::rows_of(predictions), "MeanAbsoluteError"));
  }
  /// >= 0; NaN of no elements.
  [[nodiscard]] double result() const noexcept { return sum_ / total_; }

 private:
  template <Floating T>
  void add(TensorView<const T> predictions, TensorArg<T> targets, const detail::SampleWeights<T>& weights) {
    const Index rows = detail::rows_of(predictions);
    const Index width = rows == 0 ? 0 : predictions.numel() / rows;
    for (Index i = 0; i < predictions.numel(); ++i) {
      const double off = static_cast<double>(predictions.data()[i]) - static_cast<double>(targets.data()[i]);
      sum_ += weights[i / width] * std::abs(off);
      total_ += weights[i / width];
    }
  }

  double sum_ = 0;
  double total_ = 0;
};

WICK_END_NAMESPACE
