#pragma once

// Sums of long vectors and what else LBFGS computes, for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// a_0 b_0 + a_1 b_1 + ...
template <class T>
[[nodiscard]] WICK_INLINE double dot_in_double(const T* a, const T* b, Index n) noexcept;
/// y_i = y_i + a x_i
template <class T>
WICK_INLINE void add_times(T a, const T* x, T* y, Index n) noexcept;
/// The same, and then y_0 z_0 + y_1 z_1 + ..., while y is in the cache.
template <class T>
[[nodiscard]] WICK_INLINE double add_times_and_dot(T a, const T* x, T* y, const T* z, Index n) noexcept;
/// |x_0| + |x_1| + ...
template <class T>
[[nodiscard]] WICK_INLINE double sum_of_sizes(const T* x, Index n) noexcept;
/// The largest |x_i|, 0 of none; NaN if one is.
template <class T>
[[nodiscard]] WICK_INLINE T largest_size(const T* x, Index n) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/lbfgs.ipp>
#endif
