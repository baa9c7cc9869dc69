#pragma once

// Inverted dropout.

#include <wick/base/number.hpp>
#include <wick/nn/scope.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>

#include <ostream>
#include <string>

WICK_BEGIN_NAMESPACE

/// In training sets each element to 0 with probability p and multiplies the others
/// by 1 / (1 - p); in evaluation returns its input.
///
/// G. Hinton et al., https://arxiv.org/abs/1207.0580;
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
class Dropout {
 public:
  /// Throws OptionError unless 0 <= p <= 1.
  explicit Dropout(double p = 0.5) : p_(p) { detail::check_dropout(p); }

  /// The same as a part of a model that has it in its modules.
  template <Floating T>
  explicit Dropout(const Scope<T>& scope, double p = 0.5) : Dropout(p) {
    id_ = scope.is("Dropout", extra_repr());
  }

  /// The probability.
  [[nodiscard]] double p() const noexcept { return p_; }

  /// Training: draws `mask` (0 or 1 / (1 - p)) and sets y = x * mask. Two draws for
  /// each element in row-major order; none for p = 0 and p = 1, as in PyTorch.
  template <Floating T>
  void forward(TensorView<const T> x, TensorView<T> y, TensorView<T> mask, Generator& generator) const;

  /// dx = dy * mask, with the mask that forward drew.
  template <Floating T>
  void backward(TensorView<const T> mask, TensorView<const T> dy, TensorView<T> dx) const;

  /// y for a variable x while the model that is called is in training mode, x otherwise; see
  /// autograd/dropout.hpp.
  template <class Input>
  [[nodiscard]] Input operator()(const Input& x) const {
    Input y = dropout(x, p_);
    id_.tell(y);
    return y;
  }

  /// What print() shows in the parentheses.
  [[nodiscard]] std::string extra_repr() const { return "p=" + python_repr(p_) + ", inplace=False"; }
  friend std::ostream& operator<<(std::ostream& out, const Dropout& d) {
    return out << "Dropout(" << d.extra_repr() << ")";
  }

 private:
  static void check_shapes(const Shape& a, const Shape& b) {
    if (!(a == b)) throw ShapeError("Dropout: expected equal shapes, got " + a.str() + " and " + b.str());
  }

  double p_;
  ModuleId id_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/nn/dropout.ipp>
#endif
