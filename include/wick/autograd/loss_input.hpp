#pragma once

// What losses are called with, and how the values of their elements become one.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/base/error.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// A target: a variable, or a tensor of the same scalar type, which becomes a constant of the tape.
template <Floating T>
class LossInput {
 public:
  /// Implicit: functions take it as an argument.
  LossInput(const Var<T>& x) : var_(x) {}  // NOLINT(google-explicit-constructor): an argument
  template <class Tx>
  requires std::convertible_to<const Tx&, TensorArg<T>> LossInput(
      const Tx& x)  // NOLINT(google-explicit-constructor)
      : tensor_(x) {}

  /// That of the variable or tensor.
  [[nodiscard]] Shape shape() const { return var_.empty() ? tensor_.shape() : var_.shape(); }
  /// As a variable on the tape.
  [[nodiscard]] Var<T> on(Tape<T>& tape) const { return var_.empty() ? tape.constant(tensor_) : var_; }

 private:
  Var<T> var_;
  TensorArg<T> tensor_;
};

/// The mean or the sum of the values of a loss, or these.
template <Floating T>
[[nodiscard]] Var<T> reduced(const Var<T>& losses, Reduction reduction) {
  switch (reduction) {
    case Reduction::mean:
      return mean(losses);
    case Reduction::sum:
      return sum(losses);
    case Reduction::none:
      break;
  }
  return losses;
}

/// The values of a loss, recorded with Reduction::none, times a weight for each sample: `losses` (B, ...) and
/// `weight` (B). The mean is that of the samples by their weights: divided by the sum of the weights, and by
/// the number of values of a sample. Throws ShapeError unless there is one weight for each sample.
///
///     weighted(cross_entropy(model(x), y, {.reduction = Reduction::none}), weights).backward();
template <Floating T>
[[nodiscard]] Var<T> weighted(const Var<T>& losses, const std::type_identity_t<LossInput<T>>& weight,
                              Reduction reduction = Reduction::mean) {
  const Shape shape = losses.shape();
  if (shape.dim() == 0 || !(weight.shape() == Shape{shape.dims()[0]})) {
    throw ShapeError("weighted: expected one weight for each sample of losses of shape " + shape.str() +
                     ", got weights of shape " + weight.shape().str() +
                     "; losses are recorded with Reduction::none");
  }
  std::array<Index, Shape::max_rank> ones{};
  ones.fill(1);
  ones[0] = shape.dims()[0];
  const Var<T> weights = weight.on(losses.tape());
  const Var<T> values = losses * reshape(weights, Shape(std::span<const Index>(ones.data(), shape.dim())));
  if (reduction != Reduction::mean) return reduced(values, reduction);
  const Index each = shape.dims()[0] == 0 ? 1 : shape.numel() / shape.dims()[0];
  return sum(values) / (sum(weights) * static_cast<T>(each));
}

namespace detail {

/// Throws ShapeError unless a target has the input's shape: nothing broadcasts in a loss.
void check_target(const char* where, const Shape& x, const Shape& target);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/loss_input.ipp>
#endif
