#pragma once

// Sums of rows and columns for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// sums_c = sum over rows of x_rc, or sums_c += it, for a (rows, cols) matrix whose rows begin `stride`
/// apart.
template <class T>
WICK_INLINE void column_sums(Index rows, Index cols, Index stride, const T* x, T* sums, bool add) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/sums.ipp>
#endif
