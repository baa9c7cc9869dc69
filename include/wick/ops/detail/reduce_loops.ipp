#pragma once

// Definitions of ops/detail/reduce_loops.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/detail/reduce_loops.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE ReduceLoops::ReduceLoops(const Shape& shape, unsigned mask) noexcept {
  // Neighbours that are both reduced or both kept become one; the innermost first.
  Index stride = 1;
  std::size_t count = 0;
  bool last_reduced = false;
  for (std::size_t d = shape.dim(); d-- > 0;) {
    const Index size = shape.dims()[d];
    const bool reduced = (mask >> d & 1U) != 0;
    if (size == 1) continue;
    List& list = reduced ? reduced_ : kept_;
    if (count > 0 && last_reduced == reduced) {
      list.sizes[list.count - 1] *= size;
    } else {
      list.sizes[list.count] = size;
      list.strides[list.count++] = stride;
      if (count == 0) columns_ = !reduced;
      ++count;
    }
    last_reduced = reduced;
    stride *= size;
  }
}

}  // namespace detail

WICK_END_NAMESPACE
