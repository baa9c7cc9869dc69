#pragma once

// Activation functions, recorded: those of ops/activations.hpp are called with variables where this is
// included. They have derivatives of every order.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/activations.hpp>
#include <wick/ops/activations.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The rule of an activation.
template <class Function, Floating T>
[[nodiscard]] const Rule<T>& activation_rule(Function which);

template <class Function, Floating T>
[[nodiscard]] Var<T> activated(Function which, const Var<T>& x, double number) {
  return x.tape().elementwise(activation_rule<Function, T>(which), x, static_cast<T>(number));
}
template <Floating T>
[[nodiscard]] Var<T> activated(Threshold which, const Var<T>& x, double threshold, double value);
/// With values of the shape of x.
template <Floating T>
[[nodiscard]] Var<T> activated(Threshold which, const Var<T>& x, double threshold, const Var<T>& values);
template <Floating T>
[[nodiscard]] Var<T> activated(Prelu which, const Var<T>& x, const Var<T>& weight);

}  // namespace detail

/// In training x for x > 0, else x times a number uniform in [lower, upper), one drawn for each such element
/// in the order of the elements, as PyTorch does; else leaky_relu(x, (lower + upper) / 2). Throws OptionError
/// unless lower <= upper.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
template <Floating T>
[[nodiscard]] Var<T> rrelu(const Var<T>& x, double lower, double upper);

/// In training each element becomes SELU's least value with probability p, and all of them are scaled and
/// shifted, so that mean and variance stay; the draws are PyTorch's. Else x. Throws OptionError unless
/// 0 <= p <= 1. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
template <Floating T>
[[nodiscard]] Var<T> alpha_dropout(const Var<T>& x, double p = 0.5);
/// The same with one draw for all elements of a channel of a sample of x (B, C, ...). Throws ShapeError for
/// fewer dimensions.
/// https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html
template <Floating T>
[[nodiscard]] Var<T> feature_alpha_dropout(const Var<T>& x, double p = 0.5);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/activations.ipp>
#endif
