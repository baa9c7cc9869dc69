#pragma once

// A bilinear layer.

#include <wick/autograd/matmul.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/axes.hpp>
#include <wick/random/distributions.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

struct BilinearOptions {
  bool bias = true;  ///< with the parameter `bias`
};

/// y_o = x1 W_o x2 + b_o for x1 (..., In1) and x2 (..., In2): y (..., Out). `weight` is (Out, In1, In2); it
/// and `bias` begin uniform in [-1 / sqrt(In1), 1 / sqrt(In1)), as in PyTorch.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
template <Floating T = float>
class Bilinear {
 public:
  using Scalar = T;

  /// Throws OptionError for sizes < 1.
  Bilinear(const Scope<T>& scope, Index in1_features, Index in2_features, Index out_features,
           const BilinearOptions& options = {})
      : has_bias_(options.bias) {
    check_size(scope, "in1_features", in1_features);
    check_size(scope, "in2_features", in2_features);
    check_size(scope, "out_features", out_features);
    const double bound = 1 / std::sqrt(static_cast<double>(in1_features));
    const auto draw = [bound](TensorView<T> to, Generator& g) { uniform_(to, -bound, bound, g); };
    weight_ = scope.add("weight", Shape{out_features, in1_features, in2_features}, draw);
    if (has_bias_) bias_ = scope.add("bias", Shape{out_features}, draw);
    id_ = scope.is("Bilinear", extra_repr());
  }

  /// (Out, In1, In2)
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// (Out); of no parameter when there is none.
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Throws ShapeError for inputs of which all dimensions but the last are not alike, or of other numbers of
  /// features.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x1, const Input& x2) const {
    return with_weight(x1.tape().parameter(weight_), x1, x2);
  }
  /// The same with this weight in the place of its own; see WeightNorm.
  template <class Input>
  [[nodiscard]] Input with_weight(const Input& weight, const Input& x1, const Input& x2) const {
    const Index out = weight_.shape[0];
    const Index in1 = weight_.shape[1];
    const Index in2 = weight_.shape[2];
    const Shape first = x1.shape();
    const Shape second = x2.shape();
    const std::size_t rank = first.dim();
    if (rank == 0 || second.dim() != rank || first[-1] != in1 || second[-1] != in2 ||
        !std::ranges::equal(first.dims().first(rank - 1), second.dims().first(rank - 1))) {
      throw ShapeError("bilinear(): expected inputs (*, " + std::to_string(in1) + ") and (*, " +
                       std::to_string(in2) + "), got " + first.str() + " and " + second.str());
    }
    const Index rows = first.numel() / in1;
    // (In1, Out In2): the row of x1 times that is a matrix (Out, In2), which x2 is multiplied by.
    const Input matrices = reshape(permute(weight, {1, 0, 2}), Shape{in1, out * in2});
    const Input products = reshape(matmul(reshape(x1, Shape{rows, in1}), matrices), Shape{rows, out, in2});
    Input y = sum(products * reshape(x2, Shape{rows, 1, in2}), -1);
    if (has_bias_) y = y + bias_;
    if (rank != 2) y = reshape(y, detail::resized(first, rank - 1, out));
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return "in1_features=" + std::to_string(weight_.shape[1]) +
           ", in2_features=" + std::to_string(weight_.shape[2]) +
           ", out_features=" + std::to_string(weight_.shape[0]) + ", bias=" + (has_bias_ ? "True" : "False");
  }
  friend std::ostream& operator<<(std::ostream& out, const Bilinear& b) {
    return out << "Bilinear(" << b.extra_repr() << ")";
  }

 private:
  static void check_size(const Scope<T>& scope, const char* what, Index size) {
    if (size > 0) return;
    throw OptionError(scope.described("Bilinear") + ": " + what + " must be > 0, but got (" + what + "=" +
                      std::to_string(size) + ")");
  }

  bool has_bias_;
  Slot weight_;
  Slot bias_;
  ModuleId id_;
};

WICK_END_NAMESPACE
