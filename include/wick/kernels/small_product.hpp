#pragma once

// Products of small matrices for each level of vector instructions: nothing is packed.

#include <wick/kernels/product_parts.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// C = start + A B. `edge` has room for (depth + 2 rows) vectors: columns that fill no vector are
/// computed there.
template <class T>
WICK_INLINE void small_product(const SmallProduct<T>& p, T* edge) noexcept;
/// Y (rows, out) = bias + X W^T for stored (rows, in) X and (out, in) W, in the order of gemm_bias(). `room`
/// is for W^T and for the edges of the product.
template <class T>
WICK_INLINE void small_layer(Index rows, Index in, Index out, const T* x, const T* weight, const T* bias,
                             T* y, T* room) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/small_product.ipp>
#endif
