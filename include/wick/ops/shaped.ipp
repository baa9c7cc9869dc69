#pragma once

// Definitions of ops/shaped.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/shaped.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Shape with_ones_before(const Shape& shape, std::size_t more) {
  std::array<Index, Shape::max_rank> dims{};
  if (shape.dim() + more > Shape::max_rank) {
    throw ShapeError("expected at most " + std::to_string(Shape::max_rank) + " dimensions, got " +
                     std::to_string(shape.dim() + more));
  }
  dims.fill(1);
  std::ranges::copy(shape.dims(), dims.begin() + static_cast<std::ptrdiff_t>(more));
  return Shape(std::span<const Index>(dims.data(), shape.dim() + more));
}

}  // namespace detail

WICK_END_NAMESPACE
