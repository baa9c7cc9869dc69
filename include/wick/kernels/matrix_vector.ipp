#pragma once

// Definitions of kernels/matrix_vector.hpp.

#include <wick/kernels/detail/matrix_vector.hpp>
#include <wick/kernels/matrix_vector.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void gemv(Index n, Index k, const T* w, const T* x, T* y) noexcept {
  WICK_CALL(gemv(n, k, w, x, y));
}
template <class T>
WICK_INLINE void gemm_narrow(Index m, Index n, Index k, const T* a, const T* b, T* c) noexcept {
  WICK_CALL(gemm_narrow(m, n, k, a, b, c));
}
template <class T>
WICK_INLINE void narrow_layer(Index m, Index n, Index k, const T* x, const T* w, const T* bias,
                              T* y) noexcept {
  WICK_CALL(narrow_layer(m, n, k, x, w, bias, y));
}

#ifdef WICK_COMPILED
template void gemv(Index, Index, const float*, const float*, float*) noexcept;
template void gemv(Index, Index, const double*, const double*, double*) noexcept;
template void gemm_narrow(Index, Index, Index, const float*, const float*, float*) noexcept;
template void gemm_narrow(Index, Index, Index, const double*, const double*, double*) noexcept;
template void narrow_layer(Index, Index, Index, const float*, const float*, const float*, float*) noexcept;
template void narrow_layer(Index, Index, Index, const double*, const double*, const double*,
                           double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
