#pragma once

// Layer normalisation for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// y = (x - mean) / sqrt(variance + eps) * gamma + beta for each row; mean and 1 / sqrt(...) are kept unless
/// null.
template <class T>
WICK_INLINE void layer_norm_forward(Index rows, Index cols, const T* x, const T* gamma, const T* beta, T eps,
                                    T* y, T* mean, T* rstd) noexcept;
/// dx, which may be dy, and sums over the rows for gamma and beta, added to what is there or written over it;
/// all three may be null.
template <class T>
WICK_INLINE void layer_norm_backward(Index rows, Index cols, const T* x, const T* gamma, const T* mean,
                                     const T* rstd, const T* dy, T* dx, T* dgamma, T* dbeta,
                                     bool accumulate) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/layer_norm.ipp>
#endif
