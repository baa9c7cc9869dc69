#pragma once

// Softmax for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// y = exp(x - max) divided by its sum, row by row. `x` and `y` may be the same memory.
template <class T>
WICK_INLINE void softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept;
/// dx = y (dy - sum of y dy), row by row, given y = softmax(x). `dy` and `dx` may be the same memory.
template <class T>
WICK_INLINE void softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/softmax.ipp>
#endif
