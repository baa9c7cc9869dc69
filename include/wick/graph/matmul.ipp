#pragma once

// Definitions of graph/matmul.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/matmul.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] WICK_INLINE void refuse_matmul(const Shape& a, const Shape& b, Index rows, Index depth,
                                            Index other, Index cols) {
  const auto sizes = [](Index x, Index y) { return std::to_string(x) + "x" + std::to_string(y); };
  throw ShapeError("matmul: mat1 and mat2 shapes cannot be multiplied (" + sizes(rows, depth) + " and " +
                   sizes(other, cols) + ") (shapes " + a.str() + " and " + b.str() + ")");
}

WICK_INLINE FlatProduct::FlatProduct(const Shape& x, const Shape& y) {
  if (x.dim() == 0 || y.dim() == 0) {
    throw ShapeError("both arguments to matmul need to be at least 1D, but they are " +
                     std::to_string(x.dim()) + "D and " + std::to_string(y.dim()) + "D (shapes " + x.str() +
                     " and " + y.str() + ")");
  }
  const Index depth = x[-1];
  const Index other = y[0];
  const Index cols = y.dim() == 1 ? 1 : y[-1];
  Index rows = 1;
  for (const Index d : x.dims().first(x.dim() - 1)) rows *= d;
  if (y.dim() > 2 || depth != other) refuse_matmul(x, y, rows, depth, other, cols);
  left = Shape{rows, depth};
  right = Shape{other, cols};
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(x.dims().first(x.dim() - 1), dims.begin());
  std::size_t rank = x.dim() - 1;
  if (y.dim() == 2) dims[rank++] = cols;
  result = Shape(std::span<const Index>(dims.data(), rank));
}

}  // namespace detail

WICK_END_NAMESPACE
