#pragma once

// x W^T + b, as an operation of a program.

#include <wick/base/error.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/axes.hpp>
#include <wick/state/parameter_block.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws ShapeError unless x (..., In) and W (Out, In) fit.
void check_linear(const Shape& x, const Shape& weight);
/// The same with b (Out).
void check_linear(const Shape& x, const Shape& weight, const Shape& bias);

template <Floating T>
[[nodiscard]] Affine<T> affine_of(const Call<T>& call) noexcept {
  return {call.in[1].cols, call.in[1].rows, call.in[1].data, call.in[2].data};
}

template <Floating T>
inline constexpr Operation<T> linear_operation{
    .name = "linear",
    .operands = 3,
    .shape =
        [](const ShapeCall& call) {
          const Shape& x = *call.in[0];
          check_linear(x, *call.in[1], *call.in[2]);
          return resized(x, x.dim() - 1, call.in[1]->dims()[0]);
        },
    .multiply =
        [](const Call<T>& call, const Epilogue<T>& epilogue) {
          const auto finish = [&epilogue, cols = call.cols](T*, Index row, Index col, Index count) {
            epilogue(row * cols + col, count);
          };
          const auto draw = [&epilogue] { epilogue.draw_mask(); };
          affine_forward(call.rows, call.in[0].data, affine_of(call), call.out, *call.scratch, finish,
                         epilogue.draws() ? FunctionRef<void()>(draw) : FunctionRef<void()>());
        },
    .reserve = [](const Call<T>& call) { reserve_affine_forward(call.rows, affine_of(call), *call.scratch); },
    .by_rows = 1};

}  // namespace detail

/// x W^T + b, see autograd/linear.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> linear(const Symbol<T>& x, const Symbol<T>& weight, const Symbol<T>& bias) {
  return x.tape().record(detail::linear_operation<T>, {x, weight, bias});
}
/// The same with parameters of the model that is traced.
template <Floating T>
[[nodiscard]] Symbol<T> linear(const Symbol<T>& x, const Slot& weight, const Slot& bias) {
  const Symbol<T> w = x.tape().parameter(weight);
  return linear(x, w, x.tape().parameter(bias));
}

// Of variables and symbols.

/// x W^T for x (..., In) and W (Out, In). Throws ShapeError as linear() with a bias does.
template <Recorded Value>
[[nodiscard]] Value linear(const Value& x, const Value& weight) {
  const Shape from = x.shape();
  const Shape of_weight = weight.shape();
  detail::check_linear(from, of_weight);
  const Index out = of_weight.dims()[0];
  const Index in = of_weight.dims()[1];
  if (from.dim() == 2) return product<Trans::no, Trans::yes>(x, weight);
  return reshape(product<Trans::no, Trans::yes>(reshape(x, Shape{from.numel() / in, in}), weight),
                 detail::resized(from, from.dim() - 1, out));
}
/// The same with a parameter of the model that is called.
template <Recorded Value>
[[nodiscard]] Value linear(const Value& x, const Slot& weight) {
  return linear(x, x.tape().parameter(weight));
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/linear.ipp>
#endif
