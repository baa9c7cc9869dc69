#pragma once

// Gaussian error linear unit.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/activations.hpp>

#include <ostream>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// y = x times the normal distribution's function at x, element by element; any shape. With approximate =
/// "tanh", y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html
class GELU {
 public:
  /// Throws OptionError unless `approximate` is "none" or "tanh".
  explicit GELU(std::string_view approximate = "none");
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  explicit GELU(const Scope<T>& scope, std::string_view approximate = "none") : GELU(approximate) {
    id_ = scope.is("GELU", extra_repr());
  }

  /// y for a variable x; see autograd/activations.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = gelu(x, tanh_ ? "tanh" : "none");
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const;
  friend std::ostream& operator<<(std::ostream& out, const GELU& g) {
    return out << "GELU(" << g.extra_repr() << ")";
  }

 private:
  bool tanh_;
  ModuleId id_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/gelu.ipp>
#endif
