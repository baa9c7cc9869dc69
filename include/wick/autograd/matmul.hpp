#pragma once

// Products of matrices, recorded. mm(), dot() and outer() are those of graph/matmul.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/ops/gemm.hpp>

WICK_BEGIN_NAMESPACE

/// op(A) op(B) of two matrices, each as it is or transposed; not both transposed. Nothing is copied for that.
template <Trans TA, Trans TB, Floating T>
[[nodiscard]] Var<T> product(const Var<T>& a, const Var<T>& b);

/// The matrix product of (..., M, K) and (K, N): dimensions before the last two of x are rows like others.
/// Vectors are a row on the left and a column on the right, and are none in the result. Throws ShapeError:
/// "matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", also for batches on the right.
template <Floating T>
[[nodiscard]] Var<T> matmul(const Var<T>& x, const Var<T>& y);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/matmul.ipp>
#endif
