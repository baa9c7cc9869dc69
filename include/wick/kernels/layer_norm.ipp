#pragma once

// Definitions of kernels/layer_norm.hpp.

#include <wick/kernels/detail/layer_norm.hpp>
#include <wick/kernels/layer_norm.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void layer_norm_forward(Index rows, Index cols, const T* x, const T* gamma, const T* beta, T eps,
                                    T* y, T* mean, T* rstd) noexcept {
  WICK_CALL(layer_norm_forward(rows, cols, x, gamma, beta, eps, y, mean, rstd));
}
template <class T>
WICK_INLINE void layer_norm_backward(Index rows, Index cols, const T* x, const T* gamma, const T* mean,
                                     const T* rstd, const T* dy, T* dx, T* dgamma, T* dbeta,
                                     bool accumulate) noexcept {
  WICK_CALL(layer_norm_backward(rows, cols, x, gamma, mean, rstd, dy, dx, dgamma, dbeta, accumulate));
}

#ifdef WICK_COMPILED
template void layer_norm_forward(Index, Index, const float*, const float*, const float*, float, float*,
                                 float*, float*) noexcept;
template void layer_norm_forward(Index, Index, const double*, const double*, const double*, double, double*,
                                 double*, double*) noexcept;
template void layer_norm_backward(Index, Index, const float*, const float*, const float*, const float*,
                                  const float*, float*, float*, float*, bool) noexcept;
template void layer_norm_backward(Index, Index, const double*, const double*, const double*, const double*,
                                  const double*, double*, double*, double*, bool) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
