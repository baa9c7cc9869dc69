#pragma once

// Definitions of kernels/exponential.hpp.

#include <wick/kernels/detail/exponential.hpp>
#include <wick/kernels/exponential.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void exponentials(const T* x, Index n, T* y) noexcept {
  WICK_CALL(exponentials(x, n, y));
}

#ifdef WICK_COMPILED
template void exponentials(const float*, Index, float*) noexcept;
template void exponentials(const double*, Index, double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
