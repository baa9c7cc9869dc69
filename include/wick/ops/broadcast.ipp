#pragma once

// Definitions of ops/broadcast.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/broadcast.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] WICK_INLINE void refuse_broadcast(const char* where, const Shape& a, const Shape& b,
                                               Index size_a, Index size_b, std::size_t axis) {
  throw ShapeError(std::string(where) + ": The size of tensor a (" + std::to_string(size_a) +
                   ") must match the size of tensor b (" + std::to_string(size_b) +
                   ") at non-singleton dimension " + std::to_string(axis) + " (shapes " + a.str() + " and " +
                   b.str() + ")");
}

WICK_INLINE Shape broadcast_two(const char* where, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const std::size_t rank = (std::max)(a.dim(), b.dim());
  std::array<Index, Shape::max_rank> dims{};
  for (std::size_t i = 0; i < rank; ++i) {
    const Index x = size_from_end(a, i);
    const Index y = size_from_end(b, i);
    const std::size_t axis = rank - 1 - i;
    if (x != y && x != 1 && y != 1) refuse_broadcast(where, a, b, x, y, axis);
    dims[axis] = x == 1 ? y : x;
  }
  return Shape(std::span<const Index>(dims.data(), rank));
}

}  // namespace detail

WICK_END_NAMESPACE
