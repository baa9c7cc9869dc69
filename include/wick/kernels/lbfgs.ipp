#pragma once

// Definitions of kernels/lbfgs.hpp.

#include <wick/kernels/detail/lbfgs.hpp>
#include <wick/kernels/lbfgs.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE double dot_in_double(const T* a, const T* b, Index n) noexcept {
  return WICK_CALL(dot_in_double(a, b, n));
}
template <class T>
WICK_INLINE void add_times(T a, const T* x, T* y, Index n) noexcept {
  WICK_CALL(add_times(a, x, y, n));
}
template <class T>
WICK_INLINE double add_times_and_dot(T a, const T* x, T* y, const T* z, Index n) noexcept {
  return WICK_CALL(add_times_and_dot(a, x, y, z, n));
}
template <class T>
WICK_INLINE double sum_of_sizes(const T* x, Index n) noexcept {
  return WICK_CALL(sum_of_sizes(x, n));
}
template <class T>
WICK_INLINE T largest_size(const T* x, Index n) noexcept {
  return WICK_CALL(largest_size(x, n));
}

#ifdef WICK_COMPILED
template double dot_in_double(const float*, const float*, Index) noexcept;
template double dot_in_double(const double*, const double*, Index) noexcept;
template void add_times(float, const float*, float*, Index) noexcept;
template void add_times(double, const double*, double*, Index) noexcept;
template double add_times_and_dot(float, const float*, float*, const float*, Index) noexcept;
template double add_times_and_dot(double, const double*, double*, const double*, Index) noexcept;
template double sum_of_sizes(const float*, Index) noexcept;
template double sum_of_sizes(const double*, Index) noexcept;
template float largest_size(const float*, Index) noexcept;
template double largest_size(const double*, Index) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
