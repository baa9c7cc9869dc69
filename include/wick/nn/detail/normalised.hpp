#pragma once

// What the modules that normalise have in common.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE
namespace detail {

[[nodiscard]] inline const char* python_bool(bool value) noexcept { return value ? "True" : "False"; }

/// (x - mean) / sqrt(variance + eps) over the last dimension.
template <class Value>
[[nodiscard]] Value normalised(const Value& x, double eps) {
  const Value centred = x - mean(x, -1, true);
  return centred / sqrt(mean(square(centred), -1, true) + static_cast<typename Value::Scalar>(eps));
}

/// The last dimensions of samples, over which LayerNorm and RMSNorm normalise.
class NormalizedShape {
 public:
  /// Throws OptionError unless there are dimensions, each of at least 1.
  template <Floating T>
  NormalizedShape(const Scope<T>& scope, const char* module, const Shape& shape) : shape_(shape) {
    const bool sound = shape.dim() > 0 && std::ranges::all_of(shape.dims(), [](Index n) { return n > 0; });
    if (sound) return;
    throw OptionError(scope.described(module) +
                      ": Expected normalized_shape to be at least 1-dimensional, of sizes >= 1, got " +
                      shape.str());
  }
  operator const Shape&() const noexcept { return shape_; }  // NOLINT(google-explicit-constructor): it is one
  [[nodiscard]] bool is_one() const noexcept { return shape_.dim() == 1; }

  /// Throws ShapeError unless x ends with these dimensions.
  void check(const char* module, const Shape& x) const {
    const auto dims = shape_.dims();
    if (x.dim() >= dims.size() && std::ranges::equal(x.dims().last(dims.size()), dims)) return;
    std::string sizes;
    for (const Index n : dims) sizes += ", " + std::to_string(n);
    throw ShapeError(std::string(module) + ": Given normalized_shape=" + shape_.torch_str() +
                     ", expected input with shape [*" + sizes + "], but got input of size " + x.str());
  }
  /// x with these dimensions as one.
  template <class Value>
  [[nodiscard]] Value as_rows(const Value& x) const {
    return is_one() ? x : flatten(x, -static_cast<Index>(shape_.dim()), -1);
  }
  /// What print() begins with, `(5, 3)`.
  [[nodiscard]] std::string str() const {
    std::string text;
    for (const Index n : shape_.dims()) text += (text.empty() ? "" : ", ") + std::to_string(n);
    return "(" + text + (is_one() ? ",)" : ")");
  }

 private:
  Shape shape_;
};

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
    const auto& block = x.tape().block();
    const Value average = x.tape().constant(TensorView<const T>(block.buffer(mean_).data(), channels));
    const Value variance = x.tape().constant(TensorView<const T>(block.buffer(variance_).data(), channels));
    const Value centred = x - average;
    return centred / sqrt(variance + static_cast<T>(eps));
  }

 private:
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
