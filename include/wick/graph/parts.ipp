#pragma once

// Definitions of graph/parts.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/parts.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_attributes(const char* where, const ShapeCall& call, bool enough) {
  if (!enough) {
    throw Error(std::string(where) + ": a program has not this operation with " +
                std::to_string(call.attributes.size()) + " numbers");
  }
}

}  // namespace detail

WICK_END_NAMESPACE
