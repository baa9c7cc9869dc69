#pragma once

// Definitions of kernels/sums.hpp.

#include <wick/kernels/detail/sums.hpp>
#include <wick/kernels/sums.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void column_sums(Index rows, Index cols, Index stride, const T* x, T* sums, bool add) noexcept {
  WICK_CALL(column_sums(rows, cols, stride, x, sums, add));
}

#ifdef WICK_COMPILED
template void column_sums(Index, Index, Index, const float*, float*, bool) noexcept;
template void column_sums(Index, Index, Index, const double*, double*, bool) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
