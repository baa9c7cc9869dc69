#pragma once

// Layer normalisation.

#include <wick/base/number.hpp>
#include <wick/nn/scope.hpp>
#include <wick/state/parameter_block.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// (x - mean) / sqrt(variance + eps) * weight + bias over the last dimension, of size `features`. `weight`
/// begins with ones, `bias` with zeros.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
template <Floating T>
class LayerNorm {
 public:
  /// Throws OptionError for features < 1.
  LayerNorm(const Scope<T>& scope, Index features, double eps = 1e-5)
      : eps_(eps),
        weight_(scope.add("weight", Shape{checked(scope, features)}, T(1))),
        bias_(scope.add("bias", Shape{features})),
        id_(scope.is("LayerNorm", extra_repr())) {}

  [[nodiscard]] Index features() const { return weight_.shape.numel(); }
  [[nodiscard]] double eps() const noexcept { return eps_; }
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }
  [[nodiscard]] const Slot& bias() const noexcept { return bias_; }

  /// Sets `weight` to ones and `bias` to zeros again.
  void reset_parameters(ParameterBlock<T>& block) const {
    block.value(weight_).fill(T(1));
    block.value(bias_).fill(T(0));
  }

  /// y for a variable x (..., features); see autograd/layer_norm.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = layer_norm(x, weight_, bias_, eps_);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return "(" + std::to_string(features()) + ",), eps=" + python_repr(eps_) +
           ", elementwise_affine=True, bias=True";
  }
  friend std::ostream& operator<<(std::ostream& out, const LayerNorm& l) {
    return out << "LayerNorm(" << l.extra_repr() << ")";
  }

 private:
  static Index checked(const Scope<T>& scope, Index features) {
    if (features < 1) {
      throw OptionError(scope.described("LayerNorm") + ": features must be >= 1, got " +
                        std::to_string(features));
    }
    return features;
  }

  double eps_;
  Slot weight_;
  Slot bias_;
  ModuleId id_;
};

WICK_END_NAMESPACE
