#pragma once

// Fully connected layer.

#include <wick/nn/scope.hpp>
#include <wick/ops/gemm_scratch.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/parameter_block.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

struct LinearOptions {
  bool bias = true;  ///< false: y = x W^T, without the parameter `bias`
};

/// y = x W^T + b with W (out_features, in_features) and b (out_features).
///
/// The layer holds sizes and the slots of its parameters; values and gradients are
/// in the ParameterBlock that it was built in and that every call receives.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
template <Floating T>
class Linear {
 public:
  using Scalar = T;

  /// Adds `name.weight` and `name.bias` to the block and draws them: uniform in
  /// (-1/sqrt(in_features), 1/sqrt(in_features)), the weight row by row and then the
  /// bias, as PyTorch does. Throws OptionError for a size < 1.
  Linear(ParameterBlock<T>& block, const std::string& name, Index in_features, Index out_features,
         Generator& generator = default_generator())
      : Linear(block, name, in_features, out_features, uninitialised) {
    reset_parameters(block, generator);
  }

  /// The same in a model that is under construction: the names and the generator are those of the scope.
  Linear(const Scope<T>& scope, Index in_features, Index out_features, const LinearOptions& options = {});

  /// The same from given values: `weight` (Out, In) and `bias` (Out). Throws
  /// ShapeError when they do not fit together.
  Linear(ParameterBlock<T>& block, const std::string& name, TensorArg<T> weight, TensorArg<T> bias);

  /// The same with zeros for all parameters.
  Linear(ParameterBlock<T>& block, const std::string& name, Index in_features, Index out_features,
         Uninitialised /*tag*/);

  /// In: size of the last dimension of x.
  [[nodiscard]] Index in_features() const noexcept { return in_features_; }
  /// Out: size of the last dimension of y.
  [[nodiscard]] Index out_features() const noexcept { return out_features_; }
  /// (Out, In)
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// Whether there is a bias.
  [[nodiscard]] bool has_bias() const noexcept { return has_bias_; }
  /// Of no parameter when there is no bias.
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Draws the parameters again.
  void reset_parameters(ParameterBlock<T>& block, Generator& generator = default_generator()) const;

  /// x (B, In) -> y (B, Out). Throws ShapeError when they do not fit, and IndexError for a block with other
  /// parameters than the layer's.
  void forward(const ParameterBlock<T>& block, TensorArg<T> x, TensorView<T> y,
               GemmScratch<T>& scratch) const;

  /// Adds to the parameters' gradients: dW += dy^T x, db += sum over rows of dy; and,
  /// unless `dx` is empty, sets dx = dy W. Throws as forward(), and Error before block.require_grad().
  void backward(ParameterBlock<T>& block, TensorArg<T> x, TensorArg<T> dy, TensorView<T> dx,
                GemmScratch<T>& scratch) const;

  /// y for a variable x (..., In), with the parameters of the model that is called; see autograd/linear.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = has_bias_ ? linear(x, weight_, bias_) : linear(x, weight_);
    id_.tell(y);
    return y;
  }

  /// The same with this weight in the place of its own; see WeightNorm.
  template <class Input>
  [[nodiscard]] Input with_weight(const Input& weight, const Input& x) const {
    Input y = has_bias_ ? linear(x, weight, x.tape().parameter(bias_)) : linear(x, weight);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return "in_features=" + std::to_string(in_features_) + ", out_features=" + std::to_string(out_features_) +
           ", bias=" + (has_bias_ ? "True" : "False");
  }
  friend std::ostream& operator<<(std::ostream& out, const Linear& l) {
    return out << "Linear(" << l.extra_repr() << ")";
  }

 private:
  Linear(ParameterBlock<T>& block, const std::string& name, const Shape& weight);

  static Index checked_size(const std::string& name, const char* what, Index size);
  static const Shape& checked_weight(const std::string& name, const TensorView<const T>& weight,
                                     const TensorView<const T>& bias);
  static void draw_weight(TensorView<T> weight, Index in_features, Generator& generator);
  static void draw_bias(TensorView<T> bias, Index in_features, Generator& generator);
  void check_shapes(const Shape& x, const Shape& y) const;

  Index in_features_;
  Index out_features_;
  Slot weight_;
  Slot bias_;
  bool has_bias_ = true;
  ModuleId id_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/linear.ipp>
#endif
