#pragma once

// Order along a dimension, recorded: each element's gradient goes to the place that it came from. These look
// at the numbers, so they cannot be traced, and the indices are allocated at each call.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/extremes.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/ops/sort.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <utility>

WICK_BEGIN_NAMESPACE

/// The elements along a dimension in ascending or descending order, and the index that each had; equal ones
/// keep their order. Throws IndexError for a dimension that x does not have.
template <Floating T>
[[nodiscard]] VarAndIndices<T> sort(const Var<T>& x, Index dim = -1, bool descending = false) {
  Tensor<std::int64_t> indices = argsort(x.value(), dim, descending);
  const Var<T> values = gather(x, dim, indices);
  return {values, std::move(indices)};
}

/// The k largest elements along a dimension, or the least ones, in order, and their indices; of equal ones
/// those that come first. Throws ShapeError when k exceeds the dimension.
template <Floating T>
[[nodiscard]] VarAndIndices<T> topk(const Var<T>& x, Index k, Index dim = -1, bool largest = true) {
  Tensor<std::int64_t> indices = topk(x.value(), k, dim, largest).indices;
  const Var<T> values = gather(x, dim, indices);
  return {values, std::move(indices)};
}

/// The elements where the mask holds, both broadcast to one shape, in row-major order: a vector. Throws
/// ShapeError when the shapes do not fit.
template <Floating T>
[[nodiscard]] Var<T> masked_select(const Var<T>& x, TensorArg<bool> mask) {
  const Shape shape = broadcast_shapes("masked_select", x.shape(), mask.shape());
  const Tensor<std::int64_t> set =
      nonzero(expand(TensorView<const bool>(mask.data(), mask.shape()), shape).reshape({shape.numel()}));
  return index_select(reshape(expand(x, shape), Shape{shape.numel()}), 0, set.reshape({set.numel()}));
}

WICK_END_NAMESPACE
