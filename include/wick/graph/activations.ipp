#pragma once

// Definitions of graph/activations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/activations.hpp>
#include <wick/ops/dropout.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_feature_dropout(const Shape& x) {
  if (x.dim() >= 2) return;
  throw ShapeError("Feature dropout requires at least 2 dimensions in the input, got " + x.str());
}

}  // namespace detail

WICK_END_NAMESPACE
