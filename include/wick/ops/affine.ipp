#pragma once

// Definitions of ops/affine.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/kernels/small_product.hpp>
#include <wick/kernels/sums.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/gemm.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_affine(const char* where, const Shape& x, const Shape& w, const Shape& y) {
  if (x.dim() == 2 && w.dim() == 2 && y.dim() == 2 && x[1] == w[1] && y[1] == w[0] && x[0] == y[0]) return;
  throw ShapeError(std::string(where) + ": expected x (B, In), W (Out, In) and y (B, Out), got " + x.str() +
                   ", " + w.str() + " and " + y.str());
}

WICK_INLINE void check_bias(const char* where, const Shape& w, const Shape& b) {
  if (b.numel() == w[0]) return;
  throw ShapeError(std::string(where) + ": expected " + std::to_string(w[0]) + " biases, got shape " +
                   b.str());
}

}  // namespace detail

WICK_END_NAMESPACE
