#pragma once

// Exponentials for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// y_i = exp(x_i), each by the same operations wherever it lies. `x` and `y` may be the same memory.
template <class T>
WICK_INLINE void exponentials(const T* x, Index n, T* y) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/exponential.ipp>
#endif
