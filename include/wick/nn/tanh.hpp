#pragma once

// The hyperbolic tangent.

#include <wick/nn/scope.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// y = tanh(x), element by element; any shape.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html
class Tanh {
 public:
  Tanh() = default;
  /// As a part of a model that has it in its modules.
  template <Floating T>
  explicit Tanh(const Scope<T>& scope) : id_(scope.is("Tanh")) {}

  /// y for a variable x; see autograd/elementwise.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = tanh(x);
    id_.tell(y);
    return y;
  }

  friend std::ostream& operator<<(std::ostream& out, const Tanh&) { return out << "Tanh()"; }

 private:
  ModuleId id_;
};

WICK_END_NAMESPACE
