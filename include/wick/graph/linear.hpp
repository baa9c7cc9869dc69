#pragma once

// x W^T + b, as an operation of a program.

#include <wick/graph/matmul.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/affine.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws ShapeError unless x (..., In), W (Out, In) and b (Out) fit.
inline void check_linear(const Shape& x, const Shape& weight, const Shape& bias) {
  const auto last = [](const Shape& s) { return s.dim() == 0 ? 1 : s.dims()[s.dim() - 1]; };
  const Index cols = last(x);
  const Index in = last(weight);
  const Index out = weight.dim() == 0 ? 1 : weight.dims()[0];
  if (weight.dim() != 2 || x.dim() == 0 || cols != in) {
    const Index rows = cols > 0 ? x.numel() / cols : 0;
    throw ShapeError("linear: mat1 and mat2 shapes cannot be multiplied (" + std::to_string(rows) + "x" +
                     std::to_string(cols) + " and " + std::to_string(in) + "x" + std::to_string(out) +
                     "): input " + x.str() + ", weight " + weight.str());
  }
  if (bias.numel() != out) {
    throw ShapeError("linear: expected " + std::to_string(out) + " biases, got shape " + bias.str());
  }
}

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
          std::array<Index, Shape::max_rank> dims{};
          std::ranges::copy(x.dims(), dims.begin());
          dims[x.dim() - 1] = call.in[1]->dims()[0];
          return Shape(std::span<const Index>(dims.data(), x.dim()));
        },
    .multiply =
        [](const Call<T>& call, const Epilogue<T>& epilogue) {
          const auto finish = [&epilogue, cols = call.cols](T*, Index row, Index col, Index count) {
            epilogue(row * cols + col, count);
          };
          const Affine<T> layer = affine_of(call);
          if (epilogue.draw == nullptr)
            return affine_forward(call.rows, call.in[0].data, layer, call.out, *call.scratch, finish);
          affine_forward(call.rows, call.in[0].data, layer, call.out, *call.scratch, finish,
                         [&epilogue] { epilogue.draw_mask(); });
        },
    .reserve = [](const Call<T>& call) { reserve_affine_forward(call.rows, affine_of(call), *call.scratch); },
    .by_rows = 1};

}  // namespace detail

template <Floating T>
[[nodiscard]] Symbol<T> linear(const Symbol<T>& x, const Symbol<T>& weight, const Symbol<T>& bias) {
  return x.tape().record(detail::linear_operation<T>, {x, weight, bias});
}
template <Floating T>
[[nodiscard]] Symbol<T> linear(const Symbol<T>& x, const Slot& weight, const Slot& bias) {
  const Symbol<T> w = x.tape().parameter(weight);
  return linear(x, w, x.tape().parameter(bias));
}
/// Without a bias.
template <Floating T>
[[nodiscard]] Symbol<T> linear(const Symbol<T>& x, const Slot& weight) {
  const Symbol<T> w = x.tape().parameter(weight);
  const Shape from = x.shape();
  detail::check_linear(from, w.shape(), Shape{w.shape()[0]});
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(from.dims(), dims.begin());
  dims[from.dim() - 1] = w.shape()[0];
  const Shape result(std::span<const Index>(dims.data(), from.dim()));
  const Symbol<T> rows = reshape(x, Shape{from.numel() / from[-1], from[-1]});
  return reshape(product<Trans::no, Trans::yes>(rows, w), result);
}

WICK_END_NAMESPACE
