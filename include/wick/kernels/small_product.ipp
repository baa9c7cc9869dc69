#pragma once

// Definitions of kernels/small_product.hpp.

#include <wick/kernels/detail/small_product.hpp>
#include <wick/kernels/small_product.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void small_product(const SmallProduct<T>& p, T* edge) noexcept {
  WICK_CALL(small_product(p, edge));
}
template <class T>
WICK_INLINE void small_layer(Index rows, Index in, Index out, const T* x, const T* weight, const T* bias,
                             T* y, T* room) noexcept {
  WICK_CALL(small_layer(rows, in, out, x, weight, bias, y, room));
}

#ifdef WICK_COMPILED
template void small_product(const SmallProduct<float>&, float*) noexcept;
template void small_product(const SmallProduct<double>&, double*) noexcept;
template void small_layer(Index, Index, Index, const float*, const float*, const float*, float*,
                          float*) noexcept;
template void small_layer(Index, Index, Index, const double*, const double*, const double*, double*,
                          double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
