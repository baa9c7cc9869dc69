#pragma once

// How often what was to be expected came.

#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <string>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// The share of targets that are at most the predicted quantile, or within the two that are predicted, ends
/// included, each sample by its weight: of a quantile of 0.9 it should be 0.9, of those of 0.1 and 0.9 it
/// should be 0.8. Neither a larger nor a smaller one is better.
class QuantileCoverage {
 public:
  [[nodiscard]] static const char* name() noexcept { return "Coverage"; }

  /// Quantiles (B) or (B, 1), or lower and upper ones (B, 2), and targets (B) or (B, 1). Throws ShapeError.
  template <Floating T>
  void accumulate(TensorView<const T> quantiles, std::type_identity_t<TensorArg<T>> targets) {
    add<T>(quantiles, targets, detail::SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> quantiles, std::type_identity_t<TensorArg<T>> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    add<T>(quantiles, targets, detail::SampleWeights<T>(weights, targets.numel(), "QuantileCoverage"));
  }
  /// NaN for no samples.
  [[nodiscard]] double result() const noexcept { return inside_ / total_; }

 private:
  template <Floating T>
  void add(TensorView<const T> quantiles, TensorArg<T> targets, const detail::SampleWeights<T>& weights) {
    const bool pairs = quantiles.dim() == 2 && quantiles.size(1) == 2;
    const bool column = targets.dim() == 1 || (targets.dim() == 2 && targets.size(1) == 1);
    const bool fits = quantiles.dim() == 1 || (quantiles.dim() == 2 && (pairs || quantiles.size(1) == 1));
    if (!column || !fits || quantiles.size(0) != targets.size(0)) {
      throw ShapeError("QuantileCoverage: expected quantiles (B) or (B, 2) and targets (B), got " +
                       quantiles.shape().str() + " and " + targets.shape().str());
    }
    for (Index b = 0; b < targets.numel(); ++b) {
      const T target = targets.data()[b];
      const T* const row = quantiles.data() + (pairs ? 2 * b : b);
      const bool inside = pairs ? target >= row[0] && target <= row[1] : target <= row[0];
      if (inside) inside_ += weights[b];
      total_ += weights[b];
    }
  }

  double inside_ = 0;
  double total_ = 0;
};

WICK_END_NAMESPACE
