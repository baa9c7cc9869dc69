#pragma once

// Dropout for networks of SELU.

#include <wick/nn/scope.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// alpha_dropout() as a module: in training sets elements to SELU's least value with probability p, and keeps
/// mean and variance. Of variables and symbols: include autograd/activations.hpp.
/// G. Klambauer et al., https://arxiv.org/abs/1706.02515;
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
class AlphaDropout {
 public:
  /// Throws OptionError unless 0 <= p <= 1.
  explicit AlphaDropout(double p = 0.5);
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  explicit AlphaDropout(const Scope<T>& scope, double p = 0.5) : AlphaDropout(p) {
    id_ = scope.is("AlphaDropout", extra_repr());
  }

  /// y for a variable or symbol x.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = alpha_dropout(x, p_);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const;
  friend std::ostream& operator<<(std::ostream& out, const AlphaDropout& d) {
    return out << "AlphaDropout(" << d.extra_repr() << ")";
  }

 private:
  double p_;
  ModuleId id_;
};

/// feature_alpha_dropout() as a module: AlphaDropout of whole channels of x (B, C, ...).
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
class FeatureAlphaDropout {
 public:
  /// Throws OptionError unless 0 <= p <= 1.
  explicit FeatureAlphaDropout(double p = 0.5);
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  explicit FeatureAlphaDropout(const Scope<T>& scope, double p = 0.5) : FeatureAlphaDropout(p) {
    id_ = scope.is("FeatureAlphaDropout", extra_repr());
  }

  /// Throws ShapeError for fewer than two dimensions.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = feature_alpha_dropout(x, p_);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const;
  friend std::ostream& operator<<(std::ostream& out, const FeatureAlphaDropout& d) {
    return out << "FeatureAlphaDropout(" << d.extra_repr() << ")";
  }

 private:
  double p_;
  ModuleId id_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/alpha_dropout.ipp>
#endif
