#pragma once

// Leaky ReLU whose slope is learned.

#include <wick/autograd/activations.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// x for x > 0, else weight * x: one weight, or one for each index of dimension 1, which begin with `init`.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
template <Floating T = float>
class PReLU {
 public:
  /// Throws OptionError for num_parameters < 1.
  explicit PReLU(const Scope<T>& scope, Index num_parameters = 1, double init = 0.25)
      : weight_(scope.add("weight", Shape{checked(scope, num_parameters)}, static_cast<T>(init))),
        id_(scope.is("PReLU", extra_repr())) {}

  /// (num_parameters): the slopes below 0.
  [[nodiscard]] const Slot& weight() const noexcept { return weight_; }

  /// Throws ShapeError unless dimension 1 of x has as many indices as there are weights, if there are
  /// several.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = prelu(x, weight_);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const {
    return "num_parameters=" + std::to_string(weight_.shape.numel());
  }
  friend std::ostream& operator<<(std::ostream& out, const PReLU& p) {
    return out << "PReLU(" << p.extra_repr() << ")";
  }

 private:
  static Index checked(const Scope<T>& scope, Index num_parameters) {
    if (num_parameters < 1) {
      throw OptionError(scope.described("PReLU") + ": num_parameters must be >= 1, got " +
                        std::to_string(num_parameters));
    }
    return num_parameters;
  }

  Slot weight_;
  ModuleId id_;
};

WICK_END_NAMESPACE
