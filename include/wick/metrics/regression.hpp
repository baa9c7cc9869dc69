#pragma once

// How far predicted numbers are off: RMSE, MAPE, R2, explained variance.
// Source of the definitions: scikit-learn, https://scikit-learn.org/stable/modules/model_evaluation.html

#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Weighted mean and sum of squared differences from it, one number at a time. Source: West, Communications
/// of the ACM 22 (1979).
class RunningMoments {
 public:
  void add(double x, double weight) noexcept {
    if (weight == 0) return;
    total_ += weight;
    const double delta = x - mean_;
    mean_ += delta * (weight / total_);
    squares_ += weight * delta * (x - mean_);
  }
  [[nodiscard]] double squares() const noexcept { return squares_; }
  [[nodiscard]] double total() const noexcept { return total_; }

 private:
  double total_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

/// A metric that is the mean over outputs of what `Output` says of each: it has add(prediction, target,
/// weight) and result().
template <class Output>
class OfOutputs {
 public:
  /// Predictions and targets of one shape: (B), or (B, ...) with the same outputs in every batch. Throws
  /// ShapeError.
  template <Floating T>
  void accumulate(TensorView<const T> predictions, std::type_identity_t<TensorArg<T>> targets) {
    check_equal_shapes<T>(predictions, targets, Output::where);
    add<T>(predictions, targets, SampleWeights<T>());
  }
  /// The same with weights (B), finite and >= 0; throws OptionError for others.
  template <Floating T>
  void accumulate(TensorView<const T> predictions, std::type_identity_t<TensorArg<T>> targets,
                  std::type_identity_t<TensorArg<T>> weights) {
    check_equal_shapes<T>(predictions, targets, Output::where);
    add<T>(predictions, targets, SampleWeights<T>(weights, rows_of(predictions), Output::where));
  }
  /// NaN for no samples.
  [[nodiscard]] double result() const noexcept {
    double sum = 0;
    for (const Output& output : outputs_) sum += output.result();
    return sum / static_cast<double>(outputs_.size());
  }

 private:
  template <Floating T>
  void add(TensorView<const T> predictions, TensorArg<T> targets, const SampleWeights<T>& weights) {
    const Index rows = rows_of(predictions);
    if (predictions.numel() == 0) return;
    const Index width = predictions.numel() / rows;
    if (outputs_.empty()) outputs_.resize(static_cast<std::size_t>(width));
    if (static_cast<Index>(outputs_.size()) != width) {
      throw ShapeError(std::string(Output::where) + ": expected " + std::to_string(outputs_.size()) +
                       " numbers for each sample, as before, got predictions of shape " +
                       predictions.shape().str());
    }
    for (Index i = 0; i < predictions.numel(); ++i) {
      outputs_[static_cast<std::size_t>(i % width)].add(static_cast<double>(predictions.data()[i]),
                                                        static_cast<double>(targets.data()[i]),
                                                        weights[i / width]);
    }
  }

  std::vector<Output> outputs_;
};

struct RootMeanSquaredOutput {
  static constexpr const char* where = "RootMeanSquaredError";
  double sum = 0;
  double total = 0;
  void add(double prediction, double target, double weight) noexcept {
    sum += weight * (prediction - target) * (prediction - target);
    total += weight;
  }
  [[nodiscard]] double result() const noexcept { return std::sqrt(sum / total); }
};

struct AbsolutePercentageOutput {
  static constexpr const char* where = "MeanAbsolutePercentageError";
  double sum = 0;
  double total = 0;
  void add(double prediction, double target, double weight) noexcept {
    constexpr double smallest = std::numeric_limits<double>::epsilon();
    sum += weight * (std::abs(prediction - target) / (std::max)(std::abs(target), smallest));
    total += weight;
  }
  [[nodiscard]] double result() const noexcept { return sum / total; }
};

/// 1 - unexplained / all; where all is 0, 1 if nothing is unexplained and else 0.
[[nodiscard]] inline double explained(double unexplained, double all) noexcept {
  if (all == 0) return unexplained == 0 ? 1 : 0;
  return 1 - unexplained / all;
}

struct R2Output {
  static constexpr const char* where = "R2Score";
  double squares = 0;
  RunningMoments targets;
  std::size_t samples = 0;
  void add(double prediction, double target, double weight) noexcept {
    squares += weight * (target - prediction) * (target - prediction);
    targets.add(target, weight);
    ++samples;
  }
  [[nodiscard]] double result() const noexcept {
    return samples < 2 ? std::numeric_limits<double>::quiet_NaN() : explained(squares, targets.squares());
  }
};

struct ExplainedVarianceOutput {
  static constexpr const char* where = "ExplainedVariance";
  RunningMoments errors;
  RunningMoments targets;
  void add(double prediction, double target, double weight) noexcept {
    errors.add(target - prediction, weight);
    targets.add(target, weight);
  }
  [[nodiscard]] double result() const noexcept { return explained(errors.squares(), targets.squares()); }
};

}  // namespace detail

/// The root of the mean of (prediction - target)^2, in the targets' unit; of several outputs the mean of
/// their roots. A smaller one is better. scikit-learn's root_mean_squared_error().
class RootMeanSquaredError : public detail::OfOutputs<detail::RootMeanSquaredOutput> {
 public:
  static constexpr bool larger_is_better = false;
  [[nodiscard]] static const char* name() noexcept { return "RMSE"; }
};

/// The mean of |prediction - target| / |target|, where 1 is 100 %; a smaller one is better. Targets of 0 are
/// taken for the epsilon of double, as scikit-learn's mean_absolute_percentage_error() does, and make it
/// huge.
class MeanAbsolutePercentageError : public detail::OfOutputs<detail::AbsolutePercentageOutput> {
 public:
  static constexpr bool larger_is_better = false;
  [[nodiscard]] static const char* name() noexcept { return "MAPE"; }
};

/// The coefficient of determination: 1 - sum of (target - prediction)^2 / sum of (target - their mean)^2, at
/// most 1; of several outputs the mean. Where all targets are equal, 1 if the predictions are too and else 0;
/// NaN for fewer than two samples. scikit-learn's r2_score().
class R2Score : public detail::OfOutputs<detail::R2Output> {
 public:
  [[nodiscard]] static const char* name() noexcept { return "R2"; }
};

/// 1 - variance of (target - prediction) / variance of the targets, at most 1: R2Score but for a constant by
/// which all predictions are off. scikit-learn's explained_variance_score().
class ExplainedVariance : public detail::OfOutputs<detail::ExplainedVarianceOutput> {
 public:
  [[nodiscard]] static const char* name() noexcept { return "Explained variance"; }
};

WICK_END_NAMESPACE
