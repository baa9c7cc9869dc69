#pragma once

// Definitions of ops/detail/overlap.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/detail/overlap.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] WICK_INLINE void refuse_overlap(const char* where, const Shape& out, const Shape& x) {
  throw Error(std::string(where) + ": unsupported operation: some elements of the input tensor (shape " +
              x.str() + ") and the written-to tensor (shape " + out.str() +
              ") refer to a single memory location. Copy the input first.");
}

}  // namespace detail

WICK_END_NAMESPACE
