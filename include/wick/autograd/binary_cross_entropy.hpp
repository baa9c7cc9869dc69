#pragma once

// The loss of questions of yes and no, recorded.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/loss/nll.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <type_traits>

WICK_BEGIN_NAMESPACE

/// -(y log(sigmoid(x)) + (1 - y) log(1 - sigmoid(x))) for logits x and targets y in [0, 1] of the same shape,
/// its mean or sum, or each element's. Throws ShapeError unless the shapes are equal.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
template <Floating T>
[[nodiscard]] Var<T> binary_cross_entropy_with_logits(const Var<T>& x,
                                                      const std::type_identity_t<TensorArg<T>>& target,
                                                      Reduction reduction = Reduction::mean) {
  if (!(x.shape() == target.shape())) {
    throw ShapeError("binary_cross_entropy_with_logits: Target size (" + target.shape().str() +
                     ") must be the same as input size (" + x.shape().str() + ")");
  }
  // Of the classes yes and no with the scores x and 0, log-softmax gives both logarithms, without overflow.
  Tape<T>& tape = x.tape();
  const Index n = x.numel();
  const auto row = [&](T yes, T no) {
    const std::array<T, 2> values{yes, no};
    return tape.constant(TensorView<const T>(values.data(), Shape{1, 2}));
  };
  const auto log_probs = log_softmax(matmul(reshape(x, Shape{n, 1}), row(1, 0)));
  const auto column = tape.constant(TensorView<const T>(target.data(), Shape{n, 1}));
  const auto expected = matmul(column, row(1, -1)) + row(0, 1);
  const auto losses = -sum(expected * log_probs, 1);
  switch (reduction) {
    case Reduction::mean:
      return mean(losses);
    case Reduction::sum:
      return sum(losses);
    case Reduction::none:
      break;
  }
  return reshape(losses, x.shape());
}

WICK_END_NAMESPACE
