#pragma once

// What the modules that normalise channels have in common.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/nn/detail/normalized_shape.hpp>
#include <wick/nn/scope.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>

WICK_BEGIN_NAMESPACE
namespace detail {

/// (x - mean) / sqrt(variance + eps) over the last dimension.
template <class Value>
[[nodiscard]] Value normalised(const Value& x, double eps) {
  const Value centred = x - mean(x, -1, true);
  return centred / sqrt(mean(square(centred), -1, true) + static_cast<typename Value::Scalar>(eps));
}

/// [1, C, 1, ...] for x (B, C, ...).
[[nodiscard]] inline Shape channel_shape(const Shape& x) {
  std::array<Index, Shape::max_rank> dims{};
  dims.fill(1);
  dims[1] = x.dims()[1];
  return Shape(std::span<const Index>(dims.data(), x.dim()));
}

/// The running averages of means and variances of channels, in buffers of a model.
template <Floating T>
class RunningStatistics {
 public:
  RunningStatistics() = default;
  RunningStatistics(const Scope<T>& scope, Index channels)
      : mean_(scope.add_buffer("running_mean", Shape{channels})),
        variance_(scope.add_buffer("running_var", Shape{channels}, T(1))),
        batches_(scope.add_buffer("num_batches_tracked", Shape{})) {}

  /// Counts a batch.
  [[nodiscard]] T count(ParameterBlock<T>& block) const { return *block.buffer(batches_).data() += T(1); }

  /// Moves the averages by `weight` towards statistics of `count` values each, in rows of all channels: the
  /// average of the rows.
  void note(ParameterBlock<T>& block, TensorView<const T> means, TensorView<const T> variances, Index count,
            double weight) const {
    const Index channels = mean_.shape.numel();
    const double unbiased = static_cast<double>(count) / static_cast<double>(count - 1);
    mix(means, channels, 1, weight, block.buffer(mean_).data());
    mix(variances, channels, unbiased, weight, block.buffer(variance_).data());
  }

  /// x, normalised by the averages.
  template <class Value>
  [[nodiscard]] Value normalise(const Value& x, const Shape& channels, double eps) const {
    const Value centred = x - buffer(mean_, x, channels);
    return centred / sqrt(buffer(variance_, x, channels) + static_cast<T>(eps));
  }
  /// That times `weight` plus `bias`, if there is one: as one factor and one summand for each channel, as
  /// PyTorch computes it.
  template <class Value>
  [[nodiscard]] Value normalise(const Value& x, const Shape& channels, double eps, const Value& weight,
                                const std::optional<Value>& bias) const {
    const Value factor = weight / sqrt(buffer(variance_, x, channels) + static_cast<T>(eps));
    const Value shift = buffer(mean_, x, channels) * factor;
    return bias ? x * factor + (*bias - shift) : x * factor - shift;
  }

 private:
  template <class Value>
  [[nodiscard]] static Value buffer(const Slot& slot, const Value& x, const Shape& channels) {
    return x.tape().constant(TensorView<const T>(x.tape().block().buffer(slot).data(), channels));
  }

  static void mix(TensorView<const T> values, Index channels, double factor, double weight, T* running) {
    const Index rows = values.numel() / channels;
    for (Index c = 0; c < channels; ++c) {
      double sum = 0;
      for (Index row = 0; row < rows; ++row) sum += static_cast<double>(values.data()[row * channels + c]);
      const double value = factor * sum / static_cast<double>(rows);
      running[c] = static_cast<T>((1 - weight) * static_cast<double>(running[c]) + weight * value);
    }
  }

  Slot mean_;
  Slot variance_;
  Slot batches_;
};

}  // namespace detail
WICK_END_NAMESPACE
