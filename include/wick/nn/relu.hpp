#pragma once

// Rectified linear unit.

#include <wick/nn/scope.hpp>
#include <wick/ops/activation.hpp>
#include <wick/tensor/tensor.hpp>

#include <ostream>

WICK_BEGIN_NAMESPACE

/// y = max(x, 0), element by element; any shape.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html
class ReLU {
 public:
  ReLU() = default;
  /// As a part of a model that has it in its modules.
  template <Floating T>
  explicit ReLU(const Scope<T>& scope) : id_(scope.is("ReLU")) {}

  /// `x` and `y` may be the same memory. Throws ShapeError when shapes differ.
  template <Floating T>
  void forward(TensorView<const T> x, TensorView<T> y) const {
    check_shapes(x.shape(), y.shape());
    relu_forward(x.data(), y.data(), x.numel());
  }

  /// dx = dy where y > 0, else 0, given the output of forward. `dy` and `dx` may be
  /// the same memory. Throws ShapeError when shapes differ.
  template <Floating T>
  void backward(TensorView<const T> y, TensorView<const T> dy, TensorView<T> dx) const {
    check_shapes(y.shape(), dy.shape());
    check_shapes(y.shape(), dx.shape());
    relu_backward(y.data(), dy.data(), dx.data(), y.numel());
  }

  /// y for a variable x; see autograd/elementwise.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = relu(x);
    id_.tell(y);
    return y;
  }

  friend std::ostream& operator<<(std::ostream& out, const ReLU&) { return out << "ReLU()"; }

 private:
  static void check_shapes(const Shape& a, const Shape& b) {
    if (!(a == b)) throw ShapeError("ReLU: expected equal shapes, got " + a.str() + " and " + b.str());
  }
  ModuleId id_;
};

WICK_END_NAMESPACE
