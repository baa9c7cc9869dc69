#pragma once

// Functions of one and two numbers over stretches of memory, for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

// `y` may be one of the operands, and `dx` of the others.

/// y_i = value
template <class T>
WICK_INLINE void fill(T value, T* y, Index n) noexcept;
/// y_i = |x_i|
template <class T>
WICK_INLINE void sizes_of(const T* x, T* y, Index n) noexcept;
/// y_i = 1, -1 or, of zeros and NaN, 0.
template <class T>
WICK_INLINE void signs_of(const T* x, T* y, Index n) noexcept;
/// y_i = a_i + b_i
template <class T>
WICK_INLINE void add(const T* a, const T* b, T* y, Index n) noexcept;
/// y_i = a_i - b_i
template <class T>
WICK_INLINE void subtract(const T* a, const T* b, T* y, Index n) noexcept;
/// y_i = a_i b_i
template <class T>
WICK_INLINE void multiply(const T* a, const T* b, T* y, Index n) noexcept;
/// y_i = a_i / b_i
template <class T>
WICK_INLINE void divide(const T* a, const T* b, T* y, Index n) noexcept;
/// y_i = number x_i
template <class T>
WICK_INLINE void multiply_by_number(const T* x, T number, T* y, Index n) noexcept;
/// y_i = x_i / number
template <class T>
WICK_INLINE void divide_by_number(const T* x, T number, T* y, Index n) noexcept;
/// y_i = x_i + number
template <class T>
WICK_INLINE void add_number(const T* x, T number, T* y, Index n) noexcept;
/// y_i = exp(x_i), with numbers below the smallest normal one.
template <class T>
WICK_INLINE void exponentials_to_zero(const T* x, T* y, Index n) noexcept;
/// y_i = 1 / (1 + exp(-x_i))
template <class T>
WICK_INLINE void sigmoids(const T* x, T* y, Index n) noexcept;
/// y_i = tanh(x_i)
template <class T>
WICK_INLINE void tanhs(const T* x, T* y, Index n) noexcept;
/// dx = dy (1 - y^2), given y = tanh(x).
template <class T>
WICK_INLINE void tanh_gradient(const T* y, const T* dy, T* dx, Index n) noexcept;
/// dx = dy y (1 - y), given y = sigmoid(x).
template <class T>
WICK_INLINE void sigmoid_gradient(const T* y, const T* dy, T* dx, Index n) noexcept;
/// gelu(x, "tanh") and its derivative, see ops/activations.hpp.
template <class T>
WICK_INLINE void gelu_tanh(const T* x, T* y, Index n) noexcept;
template <class T>
WICK_INLINE void gelu_tanh_gradient(const T* x, const T* dy, T* dx, Index n) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/elementwise.ipp>
#endif
