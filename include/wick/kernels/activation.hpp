#pragma once

// ReLU for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

// `x`, `dy` and the result may be the same memory.

/// y_i = max(x_i, 0); NaN stays NaN, and -0 is -0.
template <class T>
WICK_INLINE void relu_forward(const T* x, T* y, Index n) noexcept;
/// y_i = max(x_i, 0) mask_i
template <class T>
WICK_INLINE void relu_mask_forward(const T* x, const T* mask, T* y, Index n) noexcept;
/// dx_i = scale dy_i where y_i > 0, else 0.
template <class T>
WICK_INLINE void relu_mask_backward(const T* y, T scale, const T* dy, T* dx, Index n) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/activation.ipp>
#endif
