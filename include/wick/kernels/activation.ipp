#pragma once

// Definitions of kernels/activation.hpp.

#include <wick/kernels/activation.hpp>
#include <wick/kernels/detail/activation.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void relu_forward(const T* x, T* y, Index n) noexcept {
  WICK_CALL(relu_forward(x, y, n));
}
template <class T>
WICK_INLINE void relu_mask_forward(const T* x, const T* mask, T* y, Index n) noexcept {
  WICK_CALL(relu_mask_forward(x, mask, y, n));
}
template <class T>
WICK_INLINE void relu_mask_backward(const T* y, T scale, const T* dy, T* dx, Index n) noexcept {
  WICK_CALL(relu_mask_backward(y, scale, dy, dx, n));
}

#ifdef WICK_COMPILED
template void relu_forward(const float*, float*, Index) noexcept;
template void relu_forward(const double*, double*, Index) noexcept;
template void relu_mask_forward(const float*, const float*, float*, Index) noexcept;
template void relu_mask_forward(const double*, const double*, double*, Index) noexcept;
template void relu_mask_backward(const float*, float, const float*, float*, Index) noexcept;
template void relu_mask_backward(const double*, double, const double*, double*, Index) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
