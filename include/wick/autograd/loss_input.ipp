#pragma once

// Definitions of autograd/loss_input.hpp.

#include <wick/autograd/loss_input.hpp>
#include <wick/base/detail/compiled.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_target(const char* where, const Shape& x, const Shape& target) {
  if (x == target) return;
  throw ShapeError(std::string(where) + ": expected a target of the input's shape " + x.str() + ", got " +
                   target.str());
}

}  // namespace detail

WICK_END_NAMESPACE
