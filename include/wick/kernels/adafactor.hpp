#pragma once

// What Adafactor does with all elements of a matrix, for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// x_0^2 + ... + x_(n-1)^2
template <class T>
[[nodiscard]] WICK_INLINE double sum_of_squares(const T* x, Index n) noexcept;
/// sums_i += x_i^2
template <class T>
WICK_INLINE void add_squares(const T* x, double* sums, Index n) noexcept;
/// The sum of the squares of an update's elements in one row of a matrix.
template <class T>
[[nodiscard]] WICK_INLINE double adafactor_squares(const T* g, const double* columns, double row, double most,
                                                   Index n) noexcept;
/// p_i = keep p_i + factor times the update.
template <class T>
WICK_INLINE void adafactor_move(const T* g, const double* columns, double row, double most, double keep,
                                double factor, T* p, Index n) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/adafactor.ipp>
#endif
