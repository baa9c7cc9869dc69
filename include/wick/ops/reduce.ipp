#pragma once

// Definitions of ops/reduce.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/reduce.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_reduced(const char* where, const Shape& out, const Shape& x, unsigned mask) {
  if (out.dim() <= x.dim() && (out == reduced_shape(x, mask, false) || out == reduced_shape(x, mask, true)))
    return;
  throw ShapeError(std::string(where) + ": output with shape " + out.str() + " doesn't match the shape " +
                   reduced_shape(x, mask, false).str() + " of the result for " + x.str());
}

WICK_INLINE void check_not_empty(const char* where, const Shape& shape, unsigned mask, bool whole) {
  if (whole && shape.numel() == 0) {
    throw ShapeError(
        std::string(where) +
        "(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
        "with the 'dim' argument. Got shape " +
        shape.str());
  }
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    if ((mask >> d & 1U) != 0 && shape.dims()[d] == 0) {
      throw IndexError(std::string(where) + "(): Expected reduction dim " + std::to_string(d) +
                       " to have non-zero size. Got shape " + shape.str());
    }
  }
}

}  // namespace detail

WICK_END_NAMESPACE
