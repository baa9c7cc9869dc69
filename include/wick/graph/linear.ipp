#pragma once

// Definitions of graph/linear.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/graph/linear.hpp>
#include <wick/tensor/shape.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_linear(const Shape& x, const Shape& weight) {
  const Index cols = matrix_cols(x);
  const Index in = matrix_cols(weight);
  const Index out = weight.dim() == 0 ? 1 : weight.dims()[0];
  if (weight.dim() != 2 || x.dim() == 0 || cols != in) {
    const Index rows = cols > 0 ? x.numel() / cols : 0;
    throw ShapeError("linear: mat1 and mat2 shapes cannot be multiplied (" + std::to_string(rows) + "x" +
                     std::to_string(cols) + " and " + std::to_string(in) + "x" + std::to_string(out) +
                     "): input " + x.str() + ", weight " + weight.str());
  }
}

WICK_INLINE void check_linear(const Shape& x, const Shape& weight, const Shape& bias) {
  check_linear(x, weight);
  const Index out = weight.dims()[0];
  if (bias.numel() != out) {
    throw ShapeError("linear: expected " + std::to_string(out) + " biases, got shape " + bias.str());
  }
}

}  // namespace detail

WICK_END_NAMESPACE
