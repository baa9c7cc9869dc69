#pragma once

// Batch normalisation.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/nn/detail/normalised.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <optional>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

struct BatchNorm1dOptions {
  double eps = 1e-5;  ///< added to variances; > 0
  /// The weight of a batch in the running averages; nullopt: all batches count alike.
  std::optional<double> momentum = 0.1;
  bool affine = true;               ///< with a weight
  bool bias = true;                 ///< and a bias, if there is a weight
  bool track_running_stats = true;  ///< otherwise batches are normalised by their own statistics always
};

/// (x - mean) / sqrt(variance + eps) * weight + bias for x (B, C) or (B, C, L), of each of the C channels by
/// itself. `weight` begins with ones, `bias` with zeros.
///
/// In training mean and variance are those of the batch, divided by the number of its values, and running
/// averages of both are kept, of the variance divided by that number less one: the buffers running_mean,
/// running_var and num_batches_tracked. Otherwise these are used; programs have them as constants, with the
/// values of when they were traced. https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
template <Floating T = float>
class BatchNorm1d {
 public:
  /// Throws OptionError for num_features < 1.
  explicit BatchNorm1d(const Scope<T>& scope, Index num_features, const BatchNorm1dOptions& options = {})
      : features_(checked(scope, num_features)), options_(options) {
    if (options_.affine) {
      weight_ = scope.add("weight", Shape{features_}, T(1));
      if (options_.bias) bias_ = scope.add("bias", Shape{features_});
    }
    if (options_.track_running_stats) running_ = detail::RunningStatistics<T>(scope, features_);
    id_ = scope.is("BatchNorm1d", extra_repr());
  }

  /// Number of channels.
  [[nodiscard]] Index num_features() const noexcept { return features_; }
  /// What it was made with.
  [[nodiscard]] const BatchNorm1dOptions& options() const noexcept { return options_; }
  /// (C); of no parameter unless affine.
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// (C); of no parameter when there is none.
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Throws ShapeError for an input of another rank or number of channels, and in training for one value per
  /// channel, and OptionError for an eps that is not positive.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    const Shape shape = x.shape();
    check_input(shape);
    const Shape channels = shape.dim() == 3 ? Shape{1, features_, 1} : Shape{1, features_};
    const bool by_batch = x.tape().training() || !options_.track_running_stats;
    Input y = by_batch ? by_itself(x, channels) : by_averages(x, channels);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return std::to_string(features_) + ", eps=" + python_repr(options_.eps) +
           ", momentum=" + (options_.momentum ? python_repr(*options_.momentum) : "None") +
           ", affine=" + detail::python_bool(options_.affine) +
           ", bias=" + detail::python_bool(options_.affine && options_.bias) +
           ", track_running_stats=" + detail::python_bool(options_.track_running_stats);
  }
  friend std::ostream& operator<<(std::ostream& out, const BatchNorm1d& b) {
    return out << "BatchNorm1d(" << b.extra_repr() << ")";
  }

 private:
  static Index checked(const Scope<T>& scope, Index num_features) {
    if (num_features < 1) {
      throw OptionError(scope.described("BatchNorm1d") + ": num_features must be >= 1, got " +
                        std::to_string(num_features));
    }
    return num_features;
  }

  void check_input(const Shape& shape) const {
    if (shape.dim() != 2 && shape.dim() != 3) {
      throw ShapeError("BatchNorm1d: expected 2D or 3D input (got " + std::to_string(shape.dim()) +
                       "D input)");
    }
    if (shape[1] != features_) {
      throw ShapeError("BatchNorm1d: running_mean should contain " + std::to_string(shape[1]) +
                       " elements not " + std::to_string(features_) + ", for an input of shape " +
                       shape.str());
    }
  }

  template <class Input>
  [[nodiscard]] Input by_averages(const Input& x, const Shape& channels) const {
    if (!options_.affine) return running_.normalise(x, channels, options_.eps);
    const Input weight = weight_of(x, channels);
    const std::optional<Input> bias = options_.bias ? std::optional(bias_of(x, channels)) : std::nullopt;
    return running_.normalise(x, channels, options_.eps, weight, bias);
  }

  template <class Input>
  [[nodiscard]] Input by_itself(const Input& x, const Shape& channels) const {
    const Shape shape = x.shape();
    const Index count = shape.numel() / features_;
    if (x.tape().training() && count == 1) {
      throw ShapeError("BatchNorm1d: Expected more than 1 value per channel when training, got input size " +
                       shape.str());
    }
    if (x.tape().training() && !(options_.eps > 0)) {
      throw OptionError("BatchNorm1d: batch_norm eps must be positive during training, but got " +
                        python_repr(options_.eps));
    }
    if constexpr (requires { x.value(); }) {
      if (count == 0) {  // PyTorch counts it, and averages nothing
        if (options_.track_running_stats) static_cast<void>(running_.count(x.tape().block()));
        return options_.affine ? scaled(x, weight_of(x, channels), channels) : x * T(1);
      }
    }
    const Axes others = channels.dim() == 3 ? Axes{0, 2} : Axes{0};
    const Input average = mean(x, others, true);
    const Input centred = x - average;
    const Input variance = mean(square(centred), others, true);
    if constexpr (requires { average.value(); }) {
      if (options_.track_running_stats) {
        ParameterBlock<T>& block = x.tape().block();
        const auto batches = static_cast<double>(running_.count(block));
        const bool evenly = !options_.momentum || x.tape().averages_evenly();
        running_.note(block, average.value(), variance.value(), count,
                      evenly ? 1 / batches : *options_.momentum);
      }
    }
    const Input deviation = sqrt(variance + static_cast<T>(options_.eps));
    // One factor for each channel, as to divide all of x takes longer.
    return options_.affine ? scaled(centred, weight_of(x, channels) / deviation, channels)
                           : centred / deviation;
  }

  /// x * factor + bias
  template <class Input>
  [[nodiscard]] Input scaled(const Input& x, const Input& factor, const Shape& channels) const {
    const Input y = x * factor;
    return options_.bias ? y + bias_of(x, channels) : y;
  }
  template <class Input>
  [[nodiscard]] Input weight_of(const Input& x, const Shape& channels) const {
    return reshape(x.tape().parameter(weight_), channels);
  }
  template <class Input>
  [[nodiscard]] Input bias_of(const Input& x, const Shape& channels) const {
    return reshape(x.tape().parameter(bias_), channels);
  }

  Index features_;
  BatchNorm1dOptions options_;
  Slot weight_;
  Slot bias_;
  detail::RunningStatistics<T> running_;
  ModuleId id_;
};

WICK_END_NAMESPACE
