#pragma once

// Definitions of graph/activations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/activations.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/operators.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/kernels/activation_functions.hpp>
#include <wick/kernels/level.hpp>
#include <wick/ops/activations.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_feature_dropout(const Shape& x) {
  if (x.dim() >= 2) return;
  throw ShapeError("Feature dropout requires at least 2 dimensions in the input, got " + x.str());
}

}  // namespace detail

WICK_END_NAMESPACE
