#pragma once

// Parts of tensors: slices, diagonals, pieces, and elements by index; with autograd/index.hpp,
// autograd/join.hpp and autograd/shapes.hpp of variables and symbols too.

#include <wick/base/error.hpp>
#include <wick/ops/arrange.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/index.hpp>
#include <wick/ops/join.hpp>
#include <wick/ops/reduce.hpp>
#include <wick/ops/shaped.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The slice `index` of a dimension, without that dimension. A negative index counts from the end. Throws
/// IndexError for one that is not there. https://docs.pytorch.org/docs/stable/generated/torch.select.html
template <Shaped Tx>
[[nodiscard]] auto select(const Tx& x, Index dim, Index index) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw IndexError("select() cannot be applied to a 0-dim tensor.");
  const std::size_t axis = detail::axis_of("select", dim, shape.dim());
  const Index size = shape.dims()[axis];
  if (index < -size || index >= size) {
    throw IndexError("select(): index " + std::to_string(index) + " out of range for tensor of size " +
                     shape.str() + " at dimension " + std::to_string(axis));
  }
  return squeeze(narrow(x, dim, index < 0 ? index + size : index, 1), Axes{dim});
}

/// All slices of a dimension. https://docs.pytorch.org/docs/stable/generated/torch.unbind.html
template <Shaped Tx>
[[nodiscard]] auto unbind(const Tx& x, Index dim = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) throw IndexError("unbind(): Dimension specified as 0 but tensor has no dimensions");
  std::vector<decltype(select(x, dim, 0))> slices;
  const Index size = shape.dims()[detail::axis_of("unbind", dim, shape.dim())];
  slices.reserve(static_cast<std::size_t>(size));
  for (Index i = 0; i < size; ++i) slices.push_back(select(x, dim, i));
  return slices;
}

/// The elements (i, i + offset) of two dimensions, which become the last one. Throws ShapeError when both are
/// the same. https://docs.pytorch.org/docs/stable/generated/torch.diagonal.html
template <Shaped Tx>
[[nodiscard]] auto diagonal(const Tx& x, Index offset = 0, Index dim1 = 0, Index dim2 = 1) {
  const Shape shape = x.shape();
  const std::size_t rank = shape.dim();
  const std::size_t first = detail::axis_of("diagonal", dim1, rank);
  const std::size_t second = detail::axis_of("diagonal", dim2, rank);
  if (rank < 2 || first == second) {
    throw ShapeError("diagonal: dimensions cannot be identical " + std::to_string(dim1) + ", " +
                     std::to_string(dim2) + ", for a tensor of shape " + shape.str());
  }
  const Index rows = shape.dims()[first];
  const Index cols = shape.dims()[second];
  const Index down = offset < 0 ? (std::min)(-(offset + 1), rows) + 1 : 0;
  const Index right = (std::min)((std::max)(offset, Index{0}), cols);
  const Index count = (std::max)((std::min)(rows - down, cols - right), Index{0});
  std::vector<std::int64_t> index(static_cast<std::size_t>(count));
  for (Index i = 0; i < count; ++i) index[static_cast<std::size_t>(i)] = (down + i) * cols + right + i;
  const std::array from{static_cast<Index>(first), static_cast<Index>(second)};
  constexpr std::array<Index, 2> to{-2, -1};
  const auto last = flatten(movedim(x, std::span<const Index>(from), std::span<const Index>(to)), -2, -1);
  return detail::slices_of(last, -1, index);
}
/// The sum of the diagonal of a matrix. Throws ShapeError for others.
template <Shaped Tx>
[[nodiscard]] auto trace(const Tx& x) {
  if (x.shape().dim() != 2) throw ShapeError("trace: expected a matrix, but got " + Shape(x.shape()).str());
  return sum(diagonal(x));
}

namespace detail {

/// Indices that may count from the end of a dimension of so many, as gather() takes them.
[[nodiscard]] Tensor<std::int64_t> from_the_start(TensorArg<std::int64_t> indices, Index size);

}  // namespace detail

/// gather() with indices that broadcast to x along the other dimensions, and x to them; they may count from
/// the end.
/// https://docs.pytorch.org/docs/stable/generated/torch.take_along_dim.html
template <Shaped Tx>
[[nodiscard]] auto take_along_dim(const Tx& x, TensorArg<std::int64_t> indices, Index dim) {
  const Shape shape = x.shape();
  const Shape& of = indices.shape();
  if (of.dim() != shape.dim() || shape.dim() == 0) {
    throw ShapeError(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but got " +
        std::to_string(shape.dim()) + " dimensions for input, and " + std::to_string(of.dim()) +
        " dimensions for indices");
  }
  const std::size_t axis = detail::axis_of("take_along_dim", dim, shape.dim());
  const Shape others =
      broadcast_shapes("take_along_dim", detail::resized(shape, axis, 1), detail::resized(of, axis, 1));
  const auto whole = expand(detail::from_the_start(indices, shape.dims()[axis]),
                            detail::resized(others, axis, of.dims()[axis]));
  return gather(expand(x, detail::resized(others, axis, shape.dims()[axis])), dim, whole);
}
/// Of all elements, as they lie one after the other: of the indices, too.
template <Shaped Tx>
[[nodiscard]] auto take_along_dim(const Tx& x, TensorArg<std::int64_t> indices) {
  const Tensor<std::int64_t> counted = detail::from_the_start(indices, Shape(x.shape()).numel());
  return gather(flatten(x), 0, TensorView<const std::int64_t>(counted.data(), Shape{counted.numel()}));
}

/// Parts of a dimension that begin at these indices, the first one before them.
/// https://docs.pytorch.org/docs/stable/generated/torch.tensor_split.html
template <Shaped Tx>
[[nodiscard]] auto tensor_split(const Tx& x, std::span<const Index> indices, Index dim = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) {
    throw ShapeError("tensor_split: expected a tensor of at least one dimension, but got []");
  }
  const Index size = shape.dims()[detail::axis_of("tensor_split", dim, shape.dim())];
  std::vector<decltype(narrow(x, dim, 0, 0))> parts;
  Index begin = 0;
  for (std::size_t i = 0; i <= indices.size(); ++i) {
    Index end = i < indices.size() ? indices[i] : size;
    if (end < 0) end += size;
    end = (std::min)((std::max)(end, Index{0}), size);
    parts.push_back(narrow(x, dim, (std::min)(begin, size), (std::max)(end - begin, Index{0})));
    begin = end;
  }
  return parts;
}
/// As many parts, the first ones by one larger where that is needed. Throws ShapeError for less than one.
template <Shaped Tx>
[[nodiscard]] auto tensor_split(const Tx& x, Index sections, Index dim = 0) {
  const Shape shape = x.shape();
  if (shape.dim() == 0 || sections < 1) {
    throw ShapeError("tensor_split: number of sections must be larger than 0, got " +
                     std::to_string(sections) + " for shape " + shape.str());
  }
  const Index size = shape.dims()[detail::axis_of("tensor_split", dim, shape.dim())];
  std::vector<decltype(narrow(x, dim, 0, 0))> parts;
  Index begin = 0;
  for (Index i = 0; i < sections; ++i) {
    const Index length = size / sections + (i < size % sections ? 1 : 0);
    parts.push_back(narrow(x, dim, begin, length));
    begin += length;
  }
  return parts;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/ops/parts.ipp>
#endif
