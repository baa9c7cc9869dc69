#pragma once

// Fully connected layer.

#include <wick/core/parameter_block.hpp>
#include <wick/core/random.hpp>
#include <wick/ops/affine.hpp>

#include <cmath>
#include <ostream>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Asks for a layer whose parameters are zero: they will be loaded or drawn later.
struct Uninitialised {};
inline constexpr Uninitialised uninitialised{};

/// y = x W^T + b with W (out_features, in_features) and b (out_features).
///
/// The layer holds sizes and the slots of its parameters; values and gradients are
/// in the ParameterBlock that it was built in and that every call receives.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
template <Floating T>
class Linear {
 public:
  /// Adds `name.weight` and `name.bias` to the block and draws them: uniform in
  /// (-1/sqrt(in_features), 1/sqrt(in_features)), the weight row by row and then the
  /// bias, as PyTorch does. Throws OptionError for a size < 1.
  Linear(ParameterBlock<T>& block, const std::string& name, Index in_features, Index out_features,
         Generator& generator = default_generator())
      : Linear(block, name, in_features, out_features, uninitialised) {
    reset_parameters(block, generator);
  }

  /// The same from given values: `weight` (Out, In) and `bias` (Out). Throws
  /// ShapeError when they do not fit together.
  Linear(ParameterBlock<T>& block, const std::string& name, TensorView<const T> weight,
         TensorView<const T> bias)
      : Linear(block, name, checked_weight(name, weight, bias)) {
    std::ranges::copy(weight.span(), block.value(weight_).data());
    std::ranges::copy(bias.span(), block.value(bias_).data());
  }

  /// The same with zeros for all parameters.
  Linear(ParameterBlock<T>& block, const std::string& name, Index in_features, Index out_features,
         Uninitialised /*tag*/)
      : in_features_(checked_size(name, "in_features", in_features)),
        out_features_(checked_size(name, "out_features", out_features)),
        weight_(block.add(name + ".weight", Shape{out_features, in_features})),
        bias_(block.add(name + ".bias", Shape{out_features})) {}

  [[nodiscard]] Index in_features() const noexcept { return in_features_; }
  [[nodiscard]] Index out_features() const noexcept { return out_features_; }
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Draws the parameters again.
  void reset_parameters(ParameterBlock<T>& block, Generator& generator = default_generator()) const {
    // PyTorch's kaiming_uniform_(a=sqrt(5)), step by step: the bound rounds the same.
    const double fan_in = static_cast<double>(in_features_);
    const double weight_bound =
        std::sqrt(3.0) * (std::sqrt(2.0 / (1.0 + std::sqrt(5.0) * std::sqrt(5.0))) / std::sqrt(fan_in));
    uniform_(block.value(weight_), -weight_bound, weight_bound, generator);
    const double bias_bound = 1.0 / std::sqrt(fan_in);
    uniform_(block.value(bias_), -bias_bound, bias_bound, generator);
  }

  /// x (B, In) -> y (B, Out). Throws ShapeError when they do not fit.
  void forward(const ParameterBlock<T>& block, TensorView<const T> x, TensorView<T> y,
               GemmScratch<T>& scratch) const {
    check(x.shape(), y.shape());
    affine_forward(x, block.value(weight_), block.value(bias_), y, scratch, [](T*, Index, Index, Index) {});
  }

  /// Adds to the parameters' gradients: dW += dy^T x, db += sum over rows of dy; and,
  /// unless `dx` is empty, sets dx = dy W. Needs block.require_grad().
  void backward(ParameterBlock<T>& block, TensorView<const T> x, TensorView<const T> dy, TensorView<T> dx,
                GemmScratch<T>& scratch) const {
    check(x.shape(), dy.shape());
    if (dx.numel() > 0) check(dx.shape(), dy.shape());
    affine_backward_parameters(x, dy, block.grad(weight_), block.grad(bias_), scratch);
    if (dx.numel() == 0) return;
    affine_backward_input(dy, std::as_const(block).value(weight_), dx, scratch,
                          [](T*, Index, Index, Index) {});
  }

  friend std::ostream& operator<<(std::ostream& out, const Linear& l) {
    return out << "Linear(in_features=" << l.in_features_ << ", out_features=" << l.out_features_
               << ", bias=True)";
  }

 private:
  Linear(ParameterBlock<T>& block, const std::string& name, const Shape& weight)
      : Linear(block, name, weight[1], weight[0], uninitialised) {}

  static Index checked_size(const std::string& name, const char* what, Index size) {
    if (size < 1) {
      throw OptionError("Linear " + name + ": " + what + " must be >= 1, got " + std::to_string(size));
    }
    return size;
  }
  static const Shape& checked_weight(const std::string& name, const TensorView<const T>& weight,
                                     const TensorView<const T>& bias) {
    if (weight.dim() != 2 || bias.dim() != 1 || bias.shape()[0] != weight.shape()[0]) {
      throw ShapeError("Linear " + name + ": expected weight (out, in) and bias (out), got " +
                       weight.shape().str() + " and " + bias.shape().str());
    }
    return weight.shape();
  }
  void check(const Shape& x, const Shape& y) const {
    if (x.dim() != 2 || x[1] != in_features_ || !(y == Shape{x[0], out_features_})) {
      throw ShapeError("Linear(" + std::to_string(in_features_) + " -> " + std::to_string(out_features_) +
                       "): expected input [*, " + std::to_string(in_features_) + "] and output [*, " +
                       std::to_string(out_features_) + "] with equal rows, got " + x.str() + " and " +
                       y.str());
    }
  }

  Index in_features_;
  Index out_features_;
  Slot weight_;
  Slot bias_;
};

}  // namespace wick::inline WICK_ABI_NAMESPACE
