#pragma once

// Definitions of ops/matmul.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/matmul.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE MatmulShapes matmul_shapes(const Shape& x, const Shape& y) {
  const auto shapes = [&] { return " (shapes " + x.str() + " and " + y.str() + ")"; };
  const auto sizes = [](Index a, Index b) { return std::to_string(a) + "x" + std::to_string(b); };
  if (x.dim() == 0 || y.dim() == 0) {
    throw ShapeError("both arguments to matmul need to be at least 1D, but they are " +
                     std::to_string(x.dim()) + "D and " + std::to_string(y.dim()) + "D" + shapes());
  }
  MatmulShapes m;
  m.rows = x.dim() == 1 ? 1 : x[-2];
  m.depth = x[-1];
  m.cols = y.dim() == 1 ? 1 : y[-1];
  const Index other = y.dim() == 1 ? y[0] : y[-2];
  if (m.depth != other) {
    if (x.dim() == 1 && y.dim() == 1) {
      throw ShapeError("dot: inconsistent tensor size, expected tensor " + x.str() + " and src " + y.str() +
                       " to have the same number of elements, but got " + std::to_string(m.depth) + " and " +
                       std::to_string(other) + " elements respectively");
    }
    throw ShapeError("matmul: mat1 and mat2 shapes cannot be multiplied (" + sizes(m.rows, m.depth) +
                     " and " + sizes(other, m.cols) + ")" + shapes());
  }
  m.left = Shape(x.dims().first(x.dim() - (std::min)(x.dim(), std::size_t{2})));
  m.right = Shape(y.dims().first(y.dim() - (std::min)(y.dim(), std::size_t{2})));
  m.batch = broadcast_shapes("matmul", m.left, m.right);
  std::array<Index, Shape::max_rank + 2> dims{};
  std::ranges::copy(m.batch.dims(), dims.begin());
  std::size_t rank = m.batch.dim();
  if (x.dim() > 1) dims[rank++] = m.rows;
  if (y.dim() > 1) dims[rank++] = m.cols;
  m.result = Shape(std::span<const Index>(dims.data(), rank));
  return m;
}

WICK_INLINE void check_rank(const char* where, const char* which, const Shape& shape, std::size_t rank) {
  if (shape.dim() == rank) return;
  throw ShapeError(std::string(where) + ": " + which + " must be a " + std::to_string(rank) +
                   "D tensor, got shape " + shape.str());
}

WICK_INLINE void check_dot(const Shape& x, const Shape& y) {
  if (x.dim() == 1 && y.dim() == 1) return;
  throw ShapeError("dot: 1D tensors expected, but got " + std::to_string(x.dim()) + "D and " +
                   std::to_string(y.dim()) + "D tensors");
}

WICK_INLINE void check_outer(const char* which, const Shape& shape) {
  if (shape.dim() == 1) return;
  throw ShapeError(std::string("outer: Expected 1-D argument ") + which + ", but got " +
                   std::to_string(shape.dim()) + "-D");
}

WICK_INLINE void check_bmm(const Shape& x, const Shape& y) {
  check_rank("bmm", "batch1", x, 3);
  check_rank("bmm", "batch2", y, 3);
  if (x[0] == y[0] && x[2] == y[1]) return;
  throw ShapeError("bmm: Expected size for first two dimensions of batch2 tensor to be: [" +
                   std::to_string(x[0]) + ", " + std::to_string(x[2]) + "] but got: [" +
                   std::to_string(y[0]) + ", " + std::to_string(y[1]) + "] (shapes " + x.str() + " and " +
                   y.str() + ").");
}

}  // namespace detail

WICK_END_NAMESPACE
