#pragma once

// Activation functions as operations of a program.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/kernels/activation_functions.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/activations.hpp>
#include <wick/ops/dropout_probability.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Function, Floating T>
inline constexpr Operation<T> activation_operation{
    .name = Function::name,
    .apply = [](const Stretch<T>& s) { detail::kernels::activate(Function(), s.in, s.number, s.out, s.n); }};
/// Of x and the value in place of what is not above the number.
template <Floating T>
inline constexpr Operation<T> threshold_operation{
    .name = Threshold::name, .operands = 2, .apply = [](const Stretch<T>& s) {
      detail::kernels::threshold(s.in, s.other, s.number, s.out, s.n);
    }};
/// Of x and weights of its shape.
template <Floating T>
inline constexpr Operation<T> prelu_operation{
    .name = Prelu::name, .operands = 2, .apply = [](const Stretch<T>& s) {
      detail::kernels::prelu(s.in, s.other, s.out, s.n);
    }};

/// Nothing to do when predicting; `number` is the probability.
template <Floating T>
inline constexpr Operation<T> alpha_dropout_operation{.name = "alpha_dropout"};
template <Floating T>
inline constexpr Operation<T> feature_alpha_dropout_operation{.name = "feature_alpha_dropout"};

/// Throws ShapeError unless samples have features.
void check_feature_dropout(const Shape& x);

template <class Function, Floating T>
[[nodiscard]] Symbol<T> activated(Function /*which*/, const Symbol<T>& x, double number) {
  return x.tape().record(activation_operation<Function, T>, {x}, static_cast<T>(number));
}
template <Floating T>
[[nodiscard]] Symbol<T> activated(Threshold /*which*/, const Symbol<T>& x, double threshold, double value) {
  const T number = static_cast<T>(value);
  const Symbol<T> values = expand(x.tape().constant(TensorView<const T>(&number, Shape{})), x.shape());
  return x.tape().record(threshold_operation<T>, {x, values}, static_cast<T>(threshold));
}
template <Floating T>
[[nodiscard]] Symbol<T> activated(Prelu /*which*/, const Symbol<T>& x, const Symbol<T>& weight) {
  return x.tape().record(prelu_operation<T>, {x, expand(weight, x.shape())});
}

}  // namespace detail

/// What these compute is said at their namesakes in autograd/activations.hpp.

/// With the mean of both bounds: a program predicts.
template <Floating T>
[[nodiscard]] Symbol<T> rrelu(const Symbol<T>& x, double lower, double upper) {
  detail::check_rrelu(lower, upper);
  return leaky_relu(x, (lower + upper) / 2);
}
/// x, with a note of p.
template <Floating T>
[[nodiscard]] Symbol<T> alpha_dropout(const Symbol<T>& x, double p = 0.5) {
  detail::check_dropout(p);
  return x.tape().record(detail::alpha_dropout_operation<T>, {x}, static_cast<T>(p));
}
/// x, with a note of p.
template <Floating T>
[[nodiscard]] Symbol<T> feature_alpha_dropout(const Symbol<T>& x, double p = 0.5) {
  detail::check_dropout(p);
  detail::check_feature_dropout(x.shape());
  return x.tape().record(detail::feature_alpha_dropout_operation<T>, {x}, static_cast<T>(p));
}

/// prelu() with a parameter of the model that is called.
template <Recorded Value>
[[nodiscard]] Value prelu(const Value& x, const Slot& weight) {
  return prelu(x, x.tape().parameter(weight));
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/activations.ipp>
#endif
