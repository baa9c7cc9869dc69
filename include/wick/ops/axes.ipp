#pragma once

// Definitions of ops/axes.hpp.

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>
#include <wick/tensor/shape.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void refuse_axis(const char* where, Index axis, Index n) {
  throw IndexError(std::string(where) + ": Dimension out of range (expected to be in range of [" +
                   std::to_string(-n) + ", " + std::to_string(n - 1) + "], but got " + std::to_string(axis) +
                   ")");
}

}  // namespace detail

namespace detail {

WICK_INLINE Along::Along(const char* where, Index axis, const Shape& shape) {
  const std::size_t at = axis_of(where, axis, shape.dim());
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    Index& n = d < at ? outer : d == at ? size : inner;
    n = shape.dims()[d] * (d == at ? 1 : n);
  }
}

}  // namespace detail

WICK_INLINE Axes::Axes(std::span<const Index> axes) : count_(axes.size()) {
  if (axes.size() > axes_.size()) {
    throw ShapeError("at most " + std::to_string(axes_.size()) + " dimensions, got " +
                     std::to_string(axes.size()));
  }
  std::ranges::copy(axes, axes_.begin());
}

WICK_INLINE unsigned Axes::mask(const char* where, std::size_t rank) const {
  if (count_ == 0) return (1U << rank) - 1;
  unsigned bits = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::size_t axis = detail::axis_of(where, axes_[i], rank);
    if ((bits >> axis & 1U) != 0) {
      throw ShapeError(std::string(where) + ": dim " + std::to_string(axis) +
                       " appears multiple times in the list of dims");
    }
    bits |= 1U << axis;
  }
  return rank == 0 ? 0 : bits;
}

WICK_END_NAMESPACE
