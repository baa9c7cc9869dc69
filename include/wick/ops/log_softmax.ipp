#pragma once

// Definitions of ops/log_softmax.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/log_softmax.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_equal_shapes(const char* where, const Shape& a, const Shape& b) {
  if (!(a == b)) {
    throw ShapeError(std::string(where) + ": expected equal shapes, got " + a.str() + " and " + b.str());
  }
}

}  // namespace detail

WICK_END_NAMESPACE
