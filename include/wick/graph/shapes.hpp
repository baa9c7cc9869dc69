#pragma once

// Other shapes, as operations of a program: the same elements, elements repeated, and sums of what was
// repeated.

#include <wick/graph/operation.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/map.hpp>
#include <wick/ops/reduce.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

void check_broadcasts(const char* where, const Shape& from, const Shape& to);
void check_reshape(const Shape& from, const Shape& to);

template <Floating T>
inline constexpr Operation<T> reshape_operation{.name = "reshape", .shape = [](const ShapeCall& call) {
                                                  Shape to(call.attributes);
                                                  check_reshape(*call.in[0], to);
                                                  return to;
                                                }};

/// The elements of in[0], repeated.
template <Floating T>
void run_expand(const Call<T>& call) {
  const T* const from = call.in[0].data;
  T* to = call.out;
  const BroadcastLoops<1> loops(*call.shape, {call.in[0].shape});
  loops.for_each_run([&](const auto& offsets) {
    const T* const begin = from + offsets[0];
    if (loops.step(0) == 1) {
      std::copy_n(begin, loops.run(), to);
    } else {
      detail::kernels::fill(*begin, to, loops.run());
    }
    to += loops.run();
  });
}
template <Floating T>
inline constexpr Operation<T> expand_operation{.name = "expand",
                                               .shape =
                                                   [](const ShapeCall& call) {
                                                     Shape to(call.attributes);
                                                     check_broadcasts("expand", *call.in[0], to);
                                                     return to;
                                                   },
                                               .run = run_expand<T>,
                                               .uses_shapes = true};

/// The sums of in[0] over the dimensions that the result lacks.
template <Floating T>
void run_sum_to(const Call<T>& call) {
  const Operand<T>& x = call.in[0];
  const Shape& whole = *x.shape;
  const Shape& shape = *call.shape;
  if (whole.dim() > 0 && shape.numel() == x.cols && size_from_end(shape, 0) == shape.numel()) {
    // Rows, in the order in which gradients of biases are summed.
    return column_sums(x.rows, x.cols, x.cols, x.data, call.out, Accumulate::no);
  }
  // The dimensions that are summed over; one of size 1 may as well be.
  std::array<Index, Shape::max_rank> axes{};
  std::array<Index, Shape::max_rank> left{};
  std::size_t count = 0;
  std::size_t rank = 0;
  for (std::size_t d = 0; d < whole.dim(); ++d) {
    const Index size = size_from_end(shape, whole.dim() - 1 - d);
    if (size == 1) {
      axes[count++] = static_cast<Index>(d);
    } else {
      left[rank++] = size;
    }
  }
  if (count == 0) {
    std::copy_n(x.data, shape.numel(), call.out);  // dimensions of size 1 in front
    return;
  }
  const TensorView<T> out(call.out, Shape(std::span<const Index>(left.data(), rank)));
  sum_out(out, TensorView<const T>(x.data, whole), Axes(std::span<const Index>(axes.data(), count)));
}
template <Floating T>
inline constexpr Operation<T> sum_to_operation{.name = "sum",
                                               .shape =
                                                   [](const ShapeCall& call) {
                                                     Shape to(call.attributes);
                                                     check_broadcasts("sum_to", to, *call.in[0]);
                                                     return to;
                                                   },
                                               .run = run_sum_to<T>,
                                               .uses_shapes = true};

template <Floating T>
[[nodiscard]] Symbol<T> with_shape(const Operation<T>& operation, const Symbol<T>& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  return x.tape().record(operation, {x}, T(0), {shape.dims().begin(), shape.dims().end()});
}

/// What sum() gives of `shape` along the dimensions in `mask`: with 1 in their places, and without them.
struct SumShapes {
  SumShapes(const Shape& shape, unsigned mask);
  Shape with_ones;
  Shape without;
};

}  // namespace detail

/// Another shape for the same elements. See autograd/shapes.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> reshape(const Symbol<T>& x, const Shape& shape) {
  return detail::with_shape(detail::reshape_operation<T>, x, shape);
}
/// x, repeated where the shape is larger. See autograd/broadcast.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> expand(const Symbol<T>& x, const Shape& shape) {
  return detail::with_shape(detail::expand_operation<T>, x, shape);
}
/// The opposite of expand(): sums of what belongs to one element of the shape. See autograd/broadcast.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> sum_to(const Symbol<T>& x, const Shape& shape) {
  return detail::with_shape(detail::sum_to_operation<T>, x, shape);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/shapes.ipp>
#endif
