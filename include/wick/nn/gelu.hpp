#pragma once

// Gaussian error linear unit.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/nn/scope.hpp>

#include <ostream>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, element by element; any shape. This is PyTorch's
/// GELU(approximate='tanh'); the exact function, its default, is not there yet.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html
class GELU {
 public:
  /// Throws OptionError unless `approximate` is "tanh".
  explicit GELU(std::string_view approximate) {
    if (approximate != "tanh") {
      throw OptionError("GELU: expected approximate to be 'tanh', got " + detail::python_quoted(approximate));
    }
  }
  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  GELU(const Scope<T>& scope, std::string_view approximate) : GELU(approximate) {
    id_ = scope.is("GELU", extra_repr());
  }

  /// y for a variable x; see autograd/elementwise.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = gelu_tanh(x);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] static std::string extra_repr() { return "approximate='tanh'"; }
  friend std::ostream& operator<<(std::ostream& out, const GELU&) {
    return out << "GELU(" << extra_repr() << ")";
  }

 private:
  ModuleId id_;
};

WICK_END_NAMESPACE
