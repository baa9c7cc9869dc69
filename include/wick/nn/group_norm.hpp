#pragma once

// Normalisation of each sample by itself: of groups of channels, of channels, and by the root mean square.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/nn/detail/normalised.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <limits>
#include <optional>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// (x - mean) / sqrt(variance + eps) of x (B, C, ...), for each of `groups` groups of its channels.
template <class Value>
[[nodiscard]] Value normalised_groups(const Value& x, Index groups, double eps) {
  const Shape shape = x.shape();
  const Index rows = shape.dims()[0];
  const Index each = rows == 0 ? 0 : shape.numel() / rows / groups;
  return reshape(normalised(reshape(x, Shape{rows, groups, each}), eps), shape);
}

}  // namespace detail

struct GroupNormOptions {
  double eps = 1e-5;   ///< added to variances
  bool affine = true;  ///< with a weight
  bool bias = true;    ///< and a bias, if there is a weight
};

/// (x - mean) / sqrt(variance + eps) * weight + bias for x (B, C, ...), over groups of channels of each
/// sample. `weight` begins with ones, `bias` with zeros, one for each channel.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
template <Floating T = float>
class GroupNorm {
 public:
  /// Throws OptionError unless num_channels is a multiple of num_groups, both at least 1.
  explicit GroupNorm(const Scope<T>& scope, Index num_groups, Index num_channels,
                     const GroupNormOptions& options = {})
      : groups_(num_groups), channels_(num_channels), options_(options) {
    if (groups_ < 1 || channels_ < 1 || channels_ % groups_ != 0) {
      throw OptionError(scope.described("GroupNorm") + ": num_channels (" + std::to_string(channels_) +
                        ") must be divisible by num_groups (" + std::to_string(groups_) + ")");
    }
    if (options_.affine) {
      weight_ = scope.add("weight", Shape{channels_}, T(1));
      if (options_.bias) bias_ = scope.add("bias", Shape{channels_});
    }
    id_ = scope.is("GroupNorm", extra_repr());
  }

  /// (C); of no parameter unless affine.
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// (C); of no parameter when there is none.
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Throws ShapeError for an input of fewer than two dimensions, or another number of channels.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    const Shape shape = x.shape();
    if (shape.dim() < 2) {
      throw ShapeError("GroupNorm: Expected at least 2 dimensions for input tensor but received " +
                       std::to_string(shape.dim()));
    }
    if (shape[1] != channels_) {
      throw ShapeError(
          "GroupNorm: Expected weight to be a vector of size equal to the number of channels in input, "
          "but got weight of shape [" +
          std::to_string(channels_) + "] and input of shape " + shape.str());
    }
    Input y = detail::normalised_groups(x, groups_, options_.eps);
    if (options_.affine) {
      const Shape channels = detail::channel_shape(shape);
      y = y * reshape(x.tape().parameter(weight_), channels);
      if (options_.bias) y = y + reshape(x.tape().parameter(bias_), channels);
    }
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return std::to_string(groups_) + ", " + std::to_string(channels_) + ", eps=" + python_repr(options_.eps) +
           ", affine=" + detail::python_bool(options_.affine) +
           ", bias=" + detail::python_bool(options_.affine && options_.bias);
  }
  friend std::ostream& operator<<(std::ostream& out, const GroupNorm& g) {
    return out << "GroupNorm(" << g.extra_repr() << ")";
  }

 private:
  Index groups_;
  Index channels_;
  GroupNormOptions options_;
  Slot weight_;
  Slot bias_;
  ModuleId id_;
};

struct InstanceNorm1dOptions {
  double eps = 1e-5;  ///< added to variances
  /// The weight of a batch in the running averages; nullopt: they stay as they are.
  std::optional<double> momentum = 0.1;
  bool affine = false;               ///< with a weight
  bool bias = true;                  ///< and a bias, if there is a weight
  bool track_running_stats = false;  ///< with running averages, which are used when nothing is trained
};

/// GroupNorm with a group for each channel, for x (B, C, L) or (C, L): (x - mean) / sqrt(variance + eps) over
/// L. With running averages the buffers running_mean and running_var follow the averages of the samples in
/// training, as those of BatchNorm1d do, and are used otherwise; num_batches_tracked stays 0, as in PyTorch.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
template <Floating T = float>
class InstanceNorm1d {
 public:
  /// Throws OptionError for num_features < 1.
  explicit InstanceNorm1d(const Scope<T>& scope, Index num_features,
                          const InstanceNorm1dOptions& options = {})
      : features_(num_features), options_(options) {
    if (features_ < 1) {
      throw OptionError(scope.described("InstanceNorm1d") + ": num_features must be >= 1, got " +
                        std::to_string(features_));
    }
    if (options_.affine) {
      weight_ = scope.add("weight", Shape{features_}, T(1));
      if (options_.bias) bias_ = scope.add("bias", Shape{features_});
    }
    if (options_.track_running_stats) running_ = detail::RunningStatistics<T>(scope, features_);
    id_ = scope.is("InstanceNorm1d", extra_repr());
  }

  /// What it was made with.
  [[nodiscard]] const InstanceNorm1dOptions& options() const noexcept { return options_; }
  /// (C); of no parameter unless affine.
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// (C); of no parameter when there is none.
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Throws ShapeError for an input of another rank or number of channels, or with one value for each
  /// channel of a sample unless running averages are used.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    const Shape shape = x.shape();
    if (shape.dim() != 2 && shape.dim() != 3) {
      throw ShapeError("InstanceNorm1d: expected 2D or 3D input (got " + std::to_string(shape.dim()) +
                       "D input)");
    }
    if (shape[-2] != features_) {
      throw ShapeError("InstanceNorm1d: expected input's size at dim=" + std::to_string(shape.dim() - 2) +
                       " to match num_features (" + std::to_string(features_) +
                       "), but got: " + std::to_string(shape[-2]));
    }
    const Shape channels{features_, 1};
    const bool by_sample = x.tape().training() || !options_.track_running_stats;
    Input y = by_sample ? by_itself(x) : running_.normalise(x, channels, options_.eps);
    if (options_.affine) {
      y = y * reshape(x.tape().parameter(weight_), channels);
      if (options_.bias) y = y + reshape(x.tape().parameter(bias_), channels);
    }
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
  friend std::ostream& operator<<(std::ostream& out, const InstanceNorm1d& n) {
    return out << "InstanceNorm1d(" << n.extra_repr() << ")";
  }

 private:
  template <class Input>
  [[nodiscard]] Input by_itself(const Input& x) const {
    const Shape shape = x.shape();
    if (shape[-1] == 1) {
      throw ShapeError("InstanceNorm1d: Expected more than 1 spatial element when training, got input size " +
                       shape.str());
    }
    const Input average = mean(x, -1, true);
    const Input centred = x - average;
    const Input variance = mean(square(centred), -1, true);
    if constexpr (requires { average.value(); }) {
      if (options_.track_running_stats && shape.numel() > 0)
        running_.note(x.tape().block(), average.value(), variance.value(), shape[-1],
                      options_.momentum.value_or(0));
    }
    return centred / sqrt(variance + static_cast<T>(options_.eps));
  }

  Index features_;
  InstanceNorm1dOptions options_;
  Slot weight_;
  Slot bias_;
  detail::RunningStatistics<T> running_;
  ModuleId id_;
};

struct RMSNormOptions {
  std::optional<double> eps =
      std::nullopt;                ///< nullopt: the difference of 1 and the next number of the scalar type
  bool elementwise_affine = true;  ///< with a weight
};

/// x / sqrt(mean of x^2 + eps) * weight over the last dimension, of size `features`, or the last ones, of
/// `normalized_shape`. `weight` begins with ones.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
template <Floating T = float>
class RMSNorm {
 public:
  /// Throws OptionError for sizes < 1, or none.
  explicit RMSNorm(const Scope<T>& scope, Index features, const RMSNormOptions& options = {})
      : RMSNorm(scope, Shape{features}, options) {}
  explicit RMSNorm(const Scope<T>& scope, const Shape& normalized_shape, const RMSNormOptions& options = {})
      : over_(scope, "RMSNorm", normalized_shape), options_(options) {
    if (options_.elementwise_affine) weight_ = scope.add("weight", over_, T(1));
    id_ = scope.is("RMSNorm", extra_repr());
  }

  /// The last dimensions of inputs.
  [[nodiscard]] const Shape& normalized_shape() const noexcept { return over_; }
  /// What it was made with.
  [[nodiscard]] const RMSNormOptions& options() const noexcept { return options_; }
  /// Of no parameter unless affine.
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }

  /// Throws ShapeError for an input that ends with other dimensions.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    over_.check_input("RMSNorm", x.shape());
    const double eps = options_.eps.value_or(static_cast<double>(std::numeric_limits<T>::epsilon()));
    const Input rows = over_.as_rows(x);
    Input y = rows / sqrt(mean(square(rows), -1, true) + static_cast<T>(eps));
    if (!over_.is_one()) y = reshape(y, x.shape());
    if (options_.elementwise_affine) y = y * weight_;
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return over_.str() + ", eps=" + (options_.eps ? python_repr(*options_.eps) : "None") +
           ", elementwise_affine=" + detail::python_bool(options_.elementwise_affine);
  }
  friend std::ostream& operator<<(std::ostream& out, const RMSNorm& r) {
    return out << "RMSNorm(" << r.extra_repr() << ")";
  }

 private:
  detail::NormalizedShape over_;
  RMSNormOptions options_;
  Slot weight_;
  ModuleId id_;
};

WICK_END_NAMESPACE
