#pragma once

// Definitions of ops/shapes.hpp.

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/broadcast.hpp>
#include <wick/ops/detail/overlap.hpp>
#include <wick/ops/promote.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::string list_text(std::span<const Index> values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(values[i]);
  return text + "]";
}

WICK_INLINE Shape expanded_shape(const Shape& from, std::initializer_list<Index> sizes) {
  std::array<Index, Shape::max_rank> dims{};
  if (sizes.size() > dims.size()) {
    throw ShapeError("expand: expected at most " + std::to_string(dims.size()) + " sizes, got " +
                     list_text(std::span<const Index>(sizes.begin(), sizes.size())));
  }
  std::ranges::copy(sizes, dims.begin());
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    if (dims[d] != -1) continue;
    if (d + from.dim() < sizes.size()) {
      throw ShapeError(
          "expand: The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
          "dimension " +
          std::to_string(d) + ": shape " + from.str() + " to " +
          list_text(std::span<const Index>(sizes.begin(), sizes.size())));
    }
    dims[d] = from.dims()[d + from.dim() - sizes.size()];
  }
  return Shape(std::span<const Index>(dims.data(), sizes.size()));
}

WICK_INLINE Shape inferred_shape(const Shape& from, std::span<const Index> sizes) {
  const auto refuse = [&] {
    throw ShapeError("reshape: shape '" + list_text(sizes) + "' is invalid for input of size " +
                     std::to_string(from.numel()) + " with shape " + from.str());
  };
  if (sizes.size() > Shape::max_rank) refuse();
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(sizes, dims.begin());
  std::size_t unknown = sizes.size();
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    if (dims[d] != -1) continue;
    if (unknown != sizes.size())
      throw ShapeError("reshape: only one dimension can be inferred, got " + list_text(sizes));
    unknown = d;
    dims[d] = 1;
  }
  const auto known = checked_numel(std::span<const Index>(dims.data(), sizes.size()));
  if (!known) refuse();
  if (unknown != sizes.size()) {
    const auto others = static_cast<Index>(*known);
    if (others == 0 && from.numel() == 0) {
      throw ShapeError("reshape: cannot reshape tensor of 0 elements into shape " + list_text(sizes) +
                       " because the unspecified dimension size -1 can be any value and is ambiguous");
    }
    if (others == 0 || from.numel() % others != 0) refuse();
    dims[unknown] = from.numel() / others;
  } else if (static_cast<Index>(*known) != from.numel()) {
    refuse();
  }
  return Shape(std::span<const Index>(dims.data(), sizes.size()));
}

WICK_INLINE Shape flattened_shape(const Shape& shape, Index start, Index end) {
  if (shape.dim() == 0) {
    static_cast<void>(axis_of("flatten", start, 0));
    static_cast<void>(axis_of("flatten", end, 0));
    return Shape{1};
  }
  const std::size_t first = axis_of("flatten", start, shape.dim());
  const std::size_t last = axis_of("flatten", end, shape.dim());
  if (first > last) {
    throw ShapeError("flatten() has invalid args: start_dim cannot come after end_dim: got " +
                     std::to_string(start) + " and " + std::to_string(end) + " for shape " + shape.str());
  }
  std::array<Index, Shape::max_rank> dims{};
  std::size_t rank = 0;
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    if (d > first && d <= last) {
      dims[rank - 1] *= shape.dims()[d];
    } else {
      dims[rank++] = shape.dims()[d];
    }
  }
  return Shape(std::span<const Index>(dims.data(), rank));
}

WICK_INLINE Shape squeezed_shape(const Shape& shape, unsigned mask) {
  std::array<Index, Shape::max_rank> dims{};
  std::size_t rank = 0;
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    if ((mask >> d & 1U) == 0 || shape.dims()[d] != 1) dims[rank++] = shape.dims()[d];
  }
  return Shape(std::span<const Index>(dims.data(), rank));
}

WICK_INLINE Shape unsqueezed_shape(const Shape& shape, Index axis) {
  const std::size_t at = axis_of("unsqueeze", axis, shape.dim() + 1);
  std::array<Index, Shape::max_rank + 1> dims{};
  for (std::size_t d = 0; d <= shape.dim(); ++d) {
    dims[d] = d < at ? shape.dims()[d] : d == at ? 1 : shape.dims()[d - 1];
  }
  return Shape(std::span<const Index>(dims.data(), shape.dim() + 1));
}

}  // namespace detail

namespace detail {

WICK_INLINE Permuted::Permuted(const Shape& x, std::span<const Index> order) {
  const std::size_t rank = x.dim();
  if (order.size() != rank) {
    throw ShapeError(
        "permute: number of dimensions in the tensor input does not match the length of the desired "
        "ordering of dimensions i.e. input.dim() = " +
        std::to_string(rank) + " is not equal to len(dims) = " + std::to_string(order.size()));
  }
  std::array<Index, Shape::max_rank> own{};
  Index stride = 1;
  for (std::size_t d = rank; d-- > 0;) {
    own[d] = stride;
    stride *= x.dims()[d];
  }
  std::array<Index, Shape::max_rank> sizes{};
  unsigned seen = 0;
  for (std::size_t d = 0; d < rank; ++d) {
    const std::size_t from = axis_of("permute", order[d], rank);
    if ((seen >> from & 1U) != 0)
      throw ShapeError("permute(): duplicate dims are not allowed: " + list_text(order));
    seen |= 1U << from;
    sizes[d] = x.dims()[from];
    strides[d] = own[from];
  }
  shape = Shape(std::span<const Index>(sizes.data(), rank));
}

WICK_INLINE Narrowed::Narrowed(const Shape& x, Index dim, Index from, Index count)
    : along("narrow", dim, with_dimensions(x)), start(from), length(count) {
  if (length < 0) throw ShapeError("narrow(): length must be non-negative, got " + std::to_string(length));
  if (start < -along.size || start > along.size) {
    throw IndexError("narrow: start out of range (expected to be in range of [" +
                     std::to_string(-along.size) + ", " + std::to_string(along.size) + "], but got " +
                     std::to_string(start) + ")");
  }
  if (start < 0) start += along.size;
  if (length > along.size - start) {
    throw IndexError("narrow: start (" + std::to_string(start) + ") + length (" + std::to_string(length) +
                     ") exceeds dimension size (" + std::to_string(along.size) + ").");
  }
  axis = axis_of("narrow", dim, x.dim());
  shape = resized(x, axis, length);
}

}  // namespace detail

WICK_END_NAMESPACE
