#pragma once

// Log-softmax for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// y = x - max - log(sum of exp(x - max)), row by row. `x` and `y` may be the same memory.
template <class T>
WICK_INLINE void log_softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept;
/// dx = dy - exp(y) * (sum of dy), row by row. `dy` and `dx` may be the same memory.
template <class T>
WICK_INLINE void log_softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/log_softmax.ipp>
#endif
