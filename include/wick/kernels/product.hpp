#pragma once

// Matrix products for each level of vector instructions: what is done with packed panels.

#include <wick/kernels/product_parts.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// What products need of the level.
template <class T>
[[nodiscard]] WICK_INLINE const TransposedKernels<T>& transposed_kernels() noexcept;
template <class T>
[[nodiscard]] WICK_INLINE const DirectKernels<T>& direct_kernels() noexcept;
/// to (cols, rows) = transpose of from (rows, cols), both with gaps between their rows.
template <class T>
WICK_INLINE void transpose(const T* from, Index from_stride, Index rows, Index cols, T* to,
                           Index to_stride) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/product.ipp>
#endif
