#pragma once

// Products with few columns or with one row for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// y += W x for a stored (N, K) matrix W.
template <class T>
WICK_INLINE void gemv(Index n, Index k, const T* w, const T* x, T* y) noexcept;
/// C (M, N) += A B^T for stored (M, K) A and (N, K) B.
template <class T>
WICK_INLINE void gemm_narrow(Index m, Index n, Index k, const T* a, const T* b, T* c) noexcept;
/// Y (M, N) = bias + X W^T for stored (M, K) X and (N, K) W.
template <class T>
WICK_INLINE void narrow_layer(Index m, Index n, Index k, const T* x, const T* w, const T* bias,
                              T* y) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/matrix_vector.ipp>
#endif
