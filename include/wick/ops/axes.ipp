#pragma once

// Definitions of ops/axes.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/ops/axes.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void refuse_axis(const char* where, Index axis, Index n) {
  throw IndexError(std::string(where) + ": Dimension out of range (expected to be in range of [" +
                   std::to_string(-n) + ", " + std::to_string(n - 1) + "], but got " + std::to_string(axis) +
                   ")");
}

}  // namespace detail

WICK_END_NAMESPACE
