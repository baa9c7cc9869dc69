#pragma once

// Parts of values, and their dimensions in another order or grouping, as operations of a program.

#include <wick/base/error.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws Error unless an operation was recorded with so many numbers.
void check_attributes(const char* where, const ShapeCall& call, bool enough);

/// Of a dimension, a beginning and a length.
template <Floating T>
inline constexpr Operation<T> narrow_operation{
    .name = "narrow",
    .shape =
        [](const ShapeCall& call) {
          check_attributes("narrow", call, call.attributes.size() == 3);
          const Narrowed part(*call.in[0], call.attributes[0], call.attributes[1], call.attributes[2]);
          if (counts_samples(part.along.size)) refuse_samples("narrow", *call.in[0]);
          return part.shape;
        },
    .run =
        [](const Call<T>& call) {
          Narrowed(*call.in[0].shape, call.attributes[0], call.attributes[1], call.attributes[2])
              .copy(call.in[0].data, call.out);
        },
    .by_rows = 1,
    .uses_shapes = true};

template <Floating T>
inline constexpr Operation<T> permute_operation{
    .name = "permute",
    .shape = [](const ShapeCall& call) { return Permuted(*call.in[0], call.attributes).shape; },
    .run =
        [](const Call<T>& call) {
          const Shape& from = *call.in[0].shape;
          permute_out(TensorView<T>(call.out, *call.shape), TensorView<const T>(call.in[0].data, from),
                      std::span<const Index>(call.attributes, from.dim()));
        },
    .by_rows = 1,
    .uses_shapes = true};

}  // namespace detail

/// What these compute is said at their namesakes in autograd/shapes.hpp.

/// Along the samples, only all those of some of the values that cat() put one behind the other.
template <Floating T>
[[nodiscard]] Symbol<T> narrow(const Symbol<T>& x, Index dim, Index start, Index length) {
  const detail::Narrowed part(x.shape(), dim, start, length);
  const detail::Along& along = part.along;
  if (part.length == along.size) return x;
  Trace<T>& trace = x.tape();
  const auto& operation = detail::narrow_operation<T>;
  if (!detail::counts_samples(along.size)) {
    return trace.record(operation, {x}, T(0), {static_cast<Index>(part.axis), part.start, part.length});
  }
  if (part.start % any_rows != 0 || part.length % any_rows != 0) detail::refuse_samples("narrow", x.shape());
  const Symbol<T> values = reshape(x, Shape{along.outer, along.size / any_rows, any_rows * along.inner});
  return reshape(
      trace.record(operation, {values}, T(0), {Index{1}, part.start / any_rows, part.length / any_rows}),
      part.shape);
}

template <Floating T>
[[nodiscard]] Symbol<T> permute(const Symbol<T>& x, std::span<const Index> order) {
  std::vector<Index> axes(order.begin(), order.end());
  for (Index& axis : axes) axis = static_cast<Index>(detail::axis_of("permute", axis, axes.size()));
  return x.tape().record(detail::permute_operation<T>, {x}, T(0), std::move(axes));
}

// Of variables and symbols.

/// permute() by a list, of variables or symbols.
template <Recorded Value>
[[nodiscard]] Value permute(const Value& x, std::initializer_list<Index> order) {
  return permute(x, std::span<const Index>(order.begin(), order.size()));
}
/// Two dimensions exchanged.
template <Recorded Value>
[[nodiscard]] Value transpose(const Value& x, Index dim0, Index dim1) {
  const auto order = detail::transposed_order(x.dim(), dim0, dim1);
  return permute(x, std::span<const Index>(order.data(), x.dim()));
}
/// Another shape; one size may be -1 and follows from the others: `reshape(x, {-1, 4})`. Throws ShapeError.
template <Recorded Value>
[[nodiscard]] Value reshape(const Value& x, std::initializer_list<Index> sizes) {
  return reshape(x, detail::inferred_shape(x.shape(), std::span<const Index>(sizes.begin(), sizes.size())));
}
/// Repeated along dimensions of size 1; -1 keeps a size: `expand(x, {8, -1})`. Throws ShapeError.
template <Recorded Value>
[[nodiscard]] Value expand(const Value& x, std::initializer_list<Index> sizes) {
  return expand(x, detail::expanded_shape(x.shape(), sizes));
}
/// Dimensions `start` to `end` made one. Throws IndexError for dimensions that are not there, ShapeError for
/// end before start.
template <Recorded Value>
[[nodiscard]] Value flatten(const Value& x, Index start = 0, Index end = -1) {
  return reshape(x, detail::flattened_shape(x.shape(), start, end));
}
/// Without the dimensions of size 1: all of them, or those that are named and have this size.
template <Recorded Value>
[[nodiscard]] Value squeeze(const Value& x, const Axes& dim = Axes::all()) {
  return reshape(x, detail::squeezed_shape(x.shape(), dim.mask("squeeze", x.dim())));
}
/// A dimension of size 1 more, which is dimension `dim` afterwards.
template <Recorded Value>
[[nodiscard]] Value unsqueeze(const Value& x, Index dim) {
  return reshape(x, detail::unsqueezed_shape(x.shape(), dim));
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/parts.ipp>
#endif
