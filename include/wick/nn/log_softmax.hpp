#pragma once

// Log-softmax layer.

#include <wick/nn/scope.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/tensor/tensor.hpp>

#include <optional>
#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// log(softmax(x)) over the last dimension, or over one that is named: (B, C) logits -> log-probabilities.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
class LogSoftmax {
 public:
  LogSoftmax() = default;
  /// As a part of a model that has it in its modules.
  template <Floating T>
  explicit LogSoftmax(const Scope<T>& scope) : id_(scope.is("LogSoftmax", extra_repr())) {}
  /// Over this dimension of variables.
  explicit LogSoftmax(Index dim) noexcept : dim_(dim) {}
  template <Floating T>
  LogSoftmax(const Scope<T>& scope, Index dim) : dim_(dim), id_(scope.is("LogSoftmax", extra_repr())) {}

  /// Over the last dimension. `x` and `y` may be the same memory. Throws ShapeError when shapes differ.
  template <Floating T>
  void forward(TensorView<const T> x, TensorView<T> y) const {
    check_shapes(x.shape(), y.shape());
    log_softmax_forward(x, y);
  }

  /// dx = dy - exp(y) * (sum over classes of dy), given the output of forward.
  /// `dy` and `dx` may be the same memory. Throws ShapeError when shapes differ.
  template <Floating T>
  void backward(TensorView<const T> y, TensorView<const T> dy, TensorView<T> dx) const {
    check_shapes(y.shape(), dy.shape());
    check_shapes(y.shape(), dx.shape());
    log_softmax_backward(y, dy, dx);
  }

  /// y for a variable x; see autograd/log_softmax.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = dim_ ? log_softmax(x, *dim_) : log_softmax(x);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const { return "dim=" + std::to_string(dim_.value_or(1)); }
  friend std::ostream& operator<<(std::ostream& out, const LogSoftmax& l) {
    return out << "LogSoftmax(" << l.extra_repr() << ")";
  }

 private:
  static void check_shapes(const Shape& a, const Shape& b) {
    if (!(a == b)) throw ShapeError("LogSoftmax: expected equal shapes, got " + a.str() + " and " + b.str());
  }
  std::optional<Index> dim_;
  ModuleId id_;
};

WICK_END_NAMESPACE
