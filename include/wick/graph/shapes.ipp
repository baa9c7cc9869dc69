#pragma once

// Definitions of graph/shapes.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/shapes.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_broadcasts(const char* where, const Shape& from, const Shape& to) {
  bool fits = from.dim() <= to.dim();
  for (std::size_t i = 0; fits && i < from.dim(); ++i) {
    const Index size = size_from_end(from, i);
    fits = size == 1 || size == size_from_end(to, i);
  }
  if (!fits)
    throw ShapeError(std::string(where) + ": shape " + from.str() + " does not broadcast to " + to.str());
}

WICK_INLINE void check_reshape(const Shape& from, const Shape& to) {
  if (from.numel() != to.numel()) {
    throw ShapeError("reshape: shape " + to.str() + " is invalid for input of size " +
                     std::to_string(from.numel()) + " with shape " + from.str());
  }
}

WICK_INLINE SumShapes::SumShapes(const Shape& shape, unsigned mask) {
  std::array<Index, Shape::max_rank> ones{};
  std::array<Index, Shape::max_rank> less{};
  std::size_t rank = 0;
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    const bool summed = (mask >> d & 1U) != 0;
    ones[d] = summed ? 1 : shape.dims()[d];
    if (!summed) less[rank++] = shape.dims()[d];
  }
  with_ones = Shape(std::span<const Index>(ones.data(), shape.dim()));
  without = Shape(std::span<const Index>(less.data(), rank));
}

}  // namespace detail

WICK_END_NAMESPACE
