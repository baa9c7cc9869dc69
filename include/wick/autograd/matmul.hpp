#pragma once

// Products of matrices, recorded. mm(), bmm(), dot() and outer() are those of graph/matmul.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/ops/gemm.hpp>

WICK_BEGIN_NAMESPACE

/// op(A) op(B) of two matrices, each as it is or transposed; not both transposed. Nothing is copied for that.
template <Trans TA, Trans TB, Floating T>
[[nodiscard]] Var<T> product(const Var<T>& a, const Var<T>& b);

/// The matrix product of (..., M, K) and (..., K, N), where dimensions before the last two are batches, which
/// broadcast. Vectors are a row on the left and a column on the right, and are none in the result. Throws
/// ShapeError: "matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)".
template <Floating T>
[[nodiscard]] Var<T> matmul(const Var<T>& x, const Var<T>& y);

namespace detail {

template <Floating T>
[[nodiscard]] Var<T> products(EachProduct which, const Var<T>& x, const Var<T>& y);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/matmul.ipp>
#endif
