#pragma once

// The logistic function.

#include <wick/nn/scope.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// y = 1 / (1 + e^-x), element by element; any shape.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
class Sigmoid {
 public:
  Sigmoid() = default;
  /// As a part of a model that has it in its modules.
  template <Floating T>
  explicit Sigmoid(const Scope<T>& scope) : id_(scope.is("Sigmoid")) {}

  /// y for a variable x; see autograd/elementwise.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = sigmoid(x);
    id_.tell(y);
    return y;
  }

  friend std::ostream& operator<<(std::ostream& out, const Sigmoid&) { return out << "Sigmoid()"; }

 private:
  ModuleId id_;
};

WICK_END_NAMESPACE
