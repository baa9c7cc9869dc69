#pragma once

// Definitions of graph/parts.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/shapes.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

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
