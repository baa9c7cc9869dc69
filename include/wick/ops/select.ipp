#pragma once

// Definitions of ops/select.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/select.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_fill(const Shape& value) {
  if (value.dim() == 0) return;
  throw ShapeError("masked_fill only supports a 0-dimensional value tensor, but got tensor with " +
                   std::to_string(value.dim()) + " dimension(s).");
}

}  // namespace detail

WICK_END_NAMESPACE
