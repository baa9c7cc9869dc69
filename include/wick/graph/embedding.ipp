#pragma once

// Definitions of graph/embedding.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/embedding.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Shape embedded_shape(const Shape& x, const Shape& table) {
  if (table.dim() != 2) throw ShapeError("embedding: 'weight' must be 2-D, got " + table.str());
  if (x.dim() == Shape::max_rank) {
    throw ShapeError("embedding: expected indices of at most " + std::to_string(Shape::max_rank - 1) +
                     " dimensions, got " + x.str());
  }
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(x.dims(), dims.begin());
  dims[x.dim()] = table.dims()[1];
  return Shape(std::span<const Index>(dims.data(), x.dim() + 1));
}

}  // namespace detail

WICK_END_NAMESPACE
