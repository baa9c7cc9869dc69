#pragma once

// Definitions of kernels/log_softmax.hpp.

#include <wick/kernels/detail/log_softmax.hpp>
#include <wick/kernels/log_softmax.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void log_softmax_rows(Index rows, Index cols, const T* x, T* y) noexcept {
  WICK_CALL(log_softmax_rows(rows, cols, x, y));
}
template <class T>
WICK_INLINE void log_softmax_backward_rows(Index rows, Index cols, const T* y, const T* dy, T* dx) noexcept {
  WICK_CALL(log_softmax_backward_rows(rows, cols, y, dy, dx));
}

#ifdef WICK_COMPILED
template void log_softmax_rows(Index, Index, const float*, float*) noexcept;
template void log_softmax_rows(Index, Index, const double*, double*) noexcept;
template void log_softmax_backward_rows(Index, Index, const float*, const float*, float*) noexcept;
template void log_softmax_backward_rows(Index, Index, const double*, const double*, double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
