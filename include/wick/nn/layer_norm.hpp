#pragma once

// Layer normalisation.

#include <wick/base/number.hpp>
#include <wick/nn/detail/normalized_shape.hpp>
#include <wick/nn/layer_norm_options.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// (x - mean) / sqrt(variance + eps) * weight + bias over the last dimension, of size `features`, or the last
/// ones, of `normalized_shape`. `weight` begins with ones, `bias` with zeros.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
template <Floating T>
class LayerNorm {
 public:
  /// Throws OptionError for sizes < 1, or none.
  explicit LayerNorm(const Scope<T>& scope, Index features, const LayerNormOptions& options = {})
      : LayerNorm(scope, Shape{features}, options) {}
  explicit LayerNorm(const Scope<T>& scope, const Shape& normalized_shape,
                     const LayerNormOptions& options = {})
      : over_(scope, "LayerNorm", normalized_shape), options_(options) {
    const Shape all{normalized_shape.numel()};
    if (options_.elementwise_affine) {
      weight_ = scope.add("weight", over_, T(1));
    } else {
      fixed_weight_ = Tensor<T>::ones(all);
    }
    if (has_bias()) {
      bias_ = scope.add("bias", over_);
    } else {
      fixed_bias_ = Tensor<T>::zeros(all);
    }
    id_ = scope.is("LayerNorm", extra_repr());
  }

  /// The last dimensions of inputs.
  [[nodiscard]] const Shape& normalized_shape() const noexcept { return over_; }
  /// What it was made with.
  [[nodiscard]] const LayerNormOptions& options() const noexcept { return options_; }
  /// Of no parameter unless affine.
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  /// Of no parameter when there is none.
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Sets `weight` to ones and `bias` to zeros again.
  void reset_parameters(ParameterBlock<T>& block) const {
    if (options_.elementwise_affine) block.value(weight_).fill(T(1));
    if (has_bias()) block.value(bias_).fill(T(0));
  }

  /// y for a variable or symbol x (..., features); see autograd/layer_norm.hpp. Throws ShapeError for an
  /// input that ends with other dimensions.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = normalise(x);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return over_.str() + ", eps=" + python_repr(options_.eps) +
           ", elementwise_affine=" + detail::python_bool(options_.elementwise_affine) +
           ", bias=" + detail::python_bool(has_bias());
  }
  friend std::ostream& operator<<(std::ostream& out, const LayerNorm& l) {
    return out << "LayerNorm(" << l.extra_repr() << ")";
  }

 private:
  [[nodiscard]] bool has_bias() const noexcept { return options_.elementwise_affine && options_.bias; }

  // By layer_norm() alone, so that programs need no other operations than that of most models.
  template <class Input>
  [[nodiscard]] Input normalise(const Input& x) const {
    if (has_bias() && over_.is_one()) return layer_norm(x, weight_, bias_, options_.eps);
    over_.check_input("layer_norm", x.shape());
    const Input weight = options_.elementwise_affine ? in_one(x.tape().parameter(weight_))
                                                     : Input(x.tape().constant(fixed_weight_));
    const Input bias = has_bias() ? in_one(x.tape().parameter(bias_)) : Input(x.tape().constant(fixed_bias_));
    const Input y = layer_norm(over_.as_rows(x), weight, bias, options_.eps);
    return over_.is_one() ? y : reshape(y, x.shape());
  }
  template <class Input>
  [[nodiscard]] Input in_one(const Input& parameter) const {
    return over_.is_one() ? parameter : reshape(parameter, Shape{parameter.shape().numel()});
  }

  detail::NormalizedShape over_;
  LayerNormOptions options_;
  Slot weight_;
  Slot bias_;
  Tensor<T> fixed_weight_;  ///< what stands in for parameters that are not there
  Tensor<T> fixed_bias_;
  ModuleId id_;
};

WICK_END_NAMESPACE
