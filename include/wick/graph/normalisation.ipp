#pragma once

// Definitions of graph/normalisation.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/normalisation.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_layer_norm(const Shape& x, const Shape& weight, const Shape& bias) {
  if (x.dim() > 0 && weight == Shape{x.dims()[x.dim() - 1]} && bias == weight) return;
  throw ShapeError("layer_norm: Given normalized_shape=" + weight.str() + ", expected input with shape [*, " +
                   std::to_string(weight.numel()) + "], but got input of size " + x.str() +
                   " and bias of size " + bias.str());
}

}  // namespace detail

WICK_END_NAMESPACE
