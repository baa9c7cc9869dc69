#pragma once

// Arithmetic and functions of each element, as operations of a program.

#include <wick/graph/operation.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/dropout_probability.hpp>
#include <wick/ops/functions.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// y_i = Function(x_i)
template <class Function, Floating T>
void apply_each(const Stretch<T>& s) {
  for (Index i = 0; i < s.n; ++i) s.out[i] = Function::apply(s.in[i]);
}
/// z_i = Function(x_i, y_i), and with both exchanged.
template <class Function, Floating T>
void apply_pairs(const Stretch<T>& s) {
  for (Index i = 0; i < s.n; ++i) s.out[i] = Function::apply(s.in[i], s.other[i]);
}
template <class Function, Floating T>
void apply_pairs_reversed(const Stretch<T>& s) {
  for (Index i = 0; i < s.n; ++i) s.out[i] = Function::apply(s.other[i], s.in[i]);
}

template <Floating T>
inline constexpr Operation<T> add_operation{
    .name = "add",
    .operands = 2,
    .apply = [](const Stretch<T>& s) { detail::kernels::add(s.in, s.other, s.out, s.n); },
    .reversed = &add_operation<T>};
template <Floating T>
inline constexpr Operation<T> sub_reversed_operation{
    .name = "sub", .operands = 2, .apply = [](const Stretch<T>& s) {
      detail::kernels::subtract(s.other, s.in, s.out, s.n);
    }};
template <Floating T>
inline constexpr Operation<T> sub_operation{
    .name = "sub",
    .operands = 2,
    .apply = [](const Stretch<T>& s) { detail::kernels::subtract(s.in, s.other, s.out, s.n); },
    .reversed = &sub_reversed_operation<T>};
template <Floating T>
inline constexpr Operation<T> mul_operation{
    .name = "mul",
    .operands = 2,
    .apply = [](const Stretch<T>& s) { detail::kernels::multiply(s.in, s.other, s.out, s.n); },
    .reversed = &mul_operation<T>};
template <Floating T>
inline constexpr Operation<T> div_reversed_operation{
    .name = "div", .operands = 2, .apply = [](const Stretch<T>& s) {
      detail::kernels::divide(s.other, s.in, s.out, s.n);
    }};
template <Floating T>
inline constexpr Operation<T> div_operation{
    .name = "div",
    .operands = 2,
    .apply = [](const Stretch<T>& s) { detail::kernels::divide(s.in, s.other, s.out, s.n); },
    .reversed = &div_reversed_operation<T>};

template <Floating T>
inline constexpr Operation<T> add_number_operation{.name = "add_number", .apply = [](const Stretch<T>& s) {
                                                     detail::kernels::add_number(s.in, s.number, s.out, s.n);
                                                   }};
template <Floating T>
inline constexpr Operation<T> mul_number_operation{
    .name = "mul_number",
    .apply = [](const Stretch<T>& s) { detail::kernels::multiply_by_number(s.in, s.number, s.out, s.n); }};
template <Floating T>
inline constexpr Operation<T> div_number_operation{
    .name = "div_number",
    .apply = [](const Stretch<T>& s) { detail::kernels::divide_by_number(s.in, s.number, s.out, s.n); }};

template <Floating T>
inline constexpr Operation<T> exp_operation{
    .name = "exp", .apply = [](const Stretch<T>& s) { Exp::loop(s.in, s.n, s.out); }};
template <Floating T>
inline constexpr Operation<T> log_operation{.name = "log", .apply = &apply_each<Log, T>};
template <Floating T>
inline constexpr Operation<T> tanh_operation{
    .name = "tanh", .apply = [](const Stretch<T>& s) { Tanh::loop(s.in, s.n, s.out); }};
template <Floating T>
inline constexpr Operation<T> sigmoid_operation{
    .name = "sigmoid", .apply = [](const Stretch<T>& s) { Sigmoid::loop(s.in, s.n, s.out); }};
template <Floating T>
inline constexpr Operation<T> relu_operation{
    .name = "relu", .apply = [](const Stretch<T>& s) { relu_forward(s.in, s.out, s.n); }};
template <Floating T>
inline constexpr Operation<T> gelu_tanh_operation{
    .name = "gelu_tanh", .apply = [](const Stretch<T>& s) { detail::kernels::gelu_tanh(s.in, s.out, s.n); }};
template <Floating T>
inline constexpr Operation<T> square_operation{.name = "square", .apply = [](const Stretch<T>& s) {
                                                 detail::kernels::multiply(s.in, s.in, s.out, s.n);
                                               }};
/// Nothing to do when predicting; `number` is the probability.
template <Floating T>
inline constexpr Operation<T> dropout_operation{.name = "dropout"};

/// An operation of two operands, which are repeated if their shapes differ.
template <Floating T>
[[nodiscard]] Symbol<T> traced(const Operation<T>& operation, const Symbol<T>& x, const Symbol<T>& y) {
  if (x.shape() == y.shape()) return x.tape().record(operation, {x, y});
  const Shape shape = broadcast_shapes(operation.name, x.shape(), y.shape());
  const Symbol<T> a = expand(x, shape);
  return x.tape().record(operation, {a, expand(y, shape)});
}

}  // namespace detail

/// What these compute is said at their namesakes in autograd/elementwise.hpp.

template <Floating T>
[[nodiscard]] Symbol<T> add(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::add_operation<T>, x, y);
}
template <Floating T>
[[nodiscard]] Symbol<T> sub(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::sub_operation<T>, x, y);
}
template <Floating T>
[[nodiscard]] Symbol<T> mul(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::mul_operation<T>, x, y);
}
template <Floating T>
[[nodiscard]] Symbol<T> div(const Symbol<T>& x, const Symbol<T>& y) {
  return detail::traced(detail::div_operation<T>, x, y);
}
template <Floating T>
[[nodiscard]] Symbol<T> add(const Symbol<T>& x, std::type_identity_t<T> number) {
  return x.tape().record(detail::add_number_operation<T>, {x}, number);
}
template <Floating T>
[[nodiscard]] Symbol<T> mul(const Symbol<T>& x, std::type_identity_t<T> number) {
  return x.tape().record(detail::mul_number_operation<T>, {x}, number);
}
template <Floating T>
[[nodiscard]] Symbol<T> div(const Symbol<T>& x, std::type_identity_t<T> number) {
  return x.tape().record(detail::div_number_operation<T>, {x}, number);
}
template <Floating T>
[[nodiscard]] Symbol<T> exp(const Symbol<T>& x) {
  return x.tape().record(detail::exp_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> log(const Symbol<T>& x) {
  return x.tape().record(detail::log_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> tanh(const Symbol<T>& x) {
  return x.tape().record(detail::tanh_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> sigmoid(const Symbol<T>& x) {
  return x.tape().record(detail::sigmoid_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> relu(const Symbol<T>& x) {
  return x.tape().record(detail::relu_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> gelu_tanh(const Symbol<T>& x) {
  return x.tape().record(detail::gelu_tanh_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> square(const Symbol<T>& x) {
  return x.tape().record(detail::square_operation<T>, {x});
}
/// x, with a note of p.
template <Floating T>
[[nodiscard]] Symbol<T> dropout(const Symbol<T>& x, double p = 0.5) {
  detail::check_dropout(p);
  return x.tape().record(detail::dropout_operation<T>, {x}, static_cast<T>(p));
}

WICK_END_NAMESPACE
