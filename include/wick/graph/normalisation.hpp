#pragma once

// Operations of a program that look at whole rows.

#include <wick/graph/operation.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/kernels/layer_norm.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/ops/softmax.hpp>
#include <wick/state/parameter_block.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Operation<T> log_softmax_operation{
    .name = "log_softmax",
    .run = [](const Call<T>& call) { log_softmax_rows<T>(call.rows, call.cols, call.in[0].data, call.out); },
    .by_rows = 1};

template <Floating T>
inline constexpr Operation<T> softmax_operation{
    .name = "softmax",
    .run = [](const Call<T>& call) { softmax_rows<T>(call.rows, call.cols, call.in[0].data, call.out); },
    .by_rows = 1};

void check_layer_norm(const Shape& x, const Shape& weight, const Shape& bias);

template <Floating T>
inline constexpr Operation<T> layer_norm_operation{
    .name = "layer_norm",
    .operands = 3,
    .shape =
        [](const ShapeCall& call) {
          check_layer_norm(*call.in[0], *call.in[1], *call.in[2]);
          return *call.in[0];
        },
    .run =
        [](const Call<T>& call) {
          detail::kernels::layer_norm_forward(call.rows, call.cols, call.in[0].data, call.in[1].data,
                                              call.in[2].data, call.number, call.out,
                                              static_cast<T*>(nullptr), static_cast<T*>(nullptr));
        },
    .by_rows = 1};

}  // namespace detail

/// Over the last dimension, see autograd/log_softmax.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> log_softmax(const Symbol<T>& x) {
  return x.tape().record(detail::log_softmax_operation<T>, {x});
}
/// Over the last dimension, see autograd/layer_norm.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> softmax(const Symbol<T>& x) {
  return x.tape().record(detail::softmax_operation<T>, {x});
}
template <Floating T>
[[nodiscard]] Symbol<T> layer_norm(const Symbol<T>& x, const Symbol<T>& weight, const Symbol<T>& bias,
                                   double eps) {
  return x.tape().record(detail::layer_norm_operation<T>, {x, weight, bias}, static_cast<T>(eps));
}
/// The same with parameters of the model that is traced.
template <Floating T>
[[nodiscard]] Symbol<T> layer_norm(const Symbol<T>& x, const Slot& weight, const Slot& bias, double eps) {
  const Symbol<T> w = x.tape().parameter(weight);
  return layer_norm(x, w, x.tape().parameter(bias), eps);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/normalisation.ipp>
#endif
