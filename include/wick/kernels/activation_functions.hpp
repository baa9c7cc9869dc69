#pragma once

// Activation functions of one number beside ReLU and tanh, and their derivatives, for each level of vector
// instructions. What each one computes is said in ops/activations.hpp.

#include <wick/kernels/activation_names.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// y_i = f(x_i); `y` may be `x`.
template <class Function, class T>
WICK_INLINE void activate(Function /*which*/, const T* x, T number, T* y, Index n) noexcept;
/// dx_i = dy_i f'(x_i); `dx` may be either.
template <class Function, class T>
WICK_INLINE void activation_gradient(Function /*which*/, const T* x, T number, const T* dy, T* dx,
                                     Index n) noexcept;
/// y_i = x_i above 0, else x_i times its weight.
template <class T>
WICK_INLINE void prelu(const T* x, const T* weight, T* y, Index n) noexcept;
/// y_i = 1 where x_i is above 0, else its weight.
template <class T>
WICK_INLINE void prelu_slope(const T* x, const T* weight, T* y, Index n) noexcept;
/// y_i = x_i above the number, else that of the others. NaN stays.
template <class T>
WICK_INLINE void threshold(const T* x, const T* other, T number, T* y, Index n) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/activation_functions.ipp>
#endif
