#pragma once

// Definitions of kernels/product.hpp.

#include <wick/kernels/detail/product.hpp>
#include <wick/kernels/product.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE const TransposedKernels<T>& transposed_kernels() noexcept {
  return WICK_CALL(transposed_kernels<T>);
}
template <class T>
WICK_INLINE const DirectKernels<T>& direct_kernels() noexcept {
  return WICK_CALL(direct_kernels<T>);
}
template <class T>
WICK_INLINE void transpose(const T* from, Index from_stride, Index rows, Index cols, T* to,
                           Index to_stride) noexcept {
  WICK_CALL(transpose(from, from_stride, rows, cols, to, to_stride));
}

#ifdef WICK_COMPILED
template const TransposedKernels<float>& transposed_kernels<float>() noexcept;
template const TransposedKernels<double>& transposed_kernels<double>() noexcept;
template const DirectKernels<float>& direct_kernels<float>() noexcept;
template const DirectKernels<double>& direct_kernels<double>() noexcept;
template void transpose(const float*, Index, Index, Index, float*, Index) noexcept;
template void transpose(const double*, Index, Index, Index, double*, Index) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
