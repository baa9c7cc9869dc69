#pragma once

// Definitions of kernels/adafactor.hpp.

#include <wick/kernels/adafactor.hpp>
#include <wick/kernels/detail/adafactor.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE double sum_of_squares(const T* x, Index n) noexcept {
  return WICK_CALL(sum_of_squares(x, n));
}
template <class T>
WICK_INLINE void add_squares(const T* x, double* sums, Index n) noexcept {
  WICK_CALL(add_squares(x, sums, n));
}
template <class T>
WICK_INLINE double adafactor_squares(const T* g, const double* columns, double row, double most,
                                     Index n) noexcept {
  return WICK_CALL(adafactor_squares(g, columns, row, most, n));
}
template <class T>
WICK_INLINE void adafactor_move(const T* g, const double* columns, double row, double most, double keep,
                                double factor, T* p, Index n) noexcept {
  WICK_CALL(adafactor_move(g, columns, row, most, keep, factor, p, n));
}

#ifdef WICK_COMPILED
template double sum_of_squares(const float*, Index) noexcept;
template double sum_of_squares(const double*, Index) noexcept;
template void add_squares(const float*, double*, Index) noexcept;
template void add_squares(const double*, double*, Index) noexcept;
template double adafactor_squares(const float*, const double*, double, double, Index) noexcept;
template double adafactor_squares(const double*, const double*, double, double, Index) noexcept;
template void adafactor_move(const float*, const double*, double, double, double, double, float*,
                             Index) noexcept;
template void adafactor_move(const double*, const double*, double, double, double, double, double*,
                             Index) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
