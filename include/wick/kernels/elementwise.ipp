#pragma once

// Definitions of kernels/elementwise.hpp.

#include <wick/kernels/detail/elementwise.hpp>
#include <wick/kernels/elementwise.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void fill(T value, T* y, Index n) noexcept {
  WICK_CALL(fill(value, y, n));
}
template <class T>
WICK_INLINE void sizes_of(const T* x, T* y, Index n) noexcept {
  WICK_CALL(sizes_of(x, y, n));
}
template <class T>
WICK_INLINE void signs_of(const T* x, T* y, Index n) noexcept {
  WICK_CALL(signs_of(x, y, n));
}
template <class T>
WICK_INLINE void add(const T* a, const T* b, T* y, Index n) noexcept {
  WICK_CALL(add(a, b, y, n));
}
template <class T>
WICK_INLINE void subtract(const T* a, const T* b, T* y, Index n) noexcept {
  WICK_CALL(subtract(a, b, y, n));
}
template <class T>
WICK_INLINE void multiply(const T* a, const T* b, T* y, Index n) noexcept {
  WICK_CALL(multiply(a, b, y, n));
}
template <class T>
WICK_INLINE void divide(const T* a, const T* b, T* y, Index n) noexcept {
  WICK_CALL(divide(a, b, y, n));
}
template <class T>
WICK_INLINE void multiply_by_number(const T* x, T number, T* y, Index n) noexcept {
  WICK_CALL(multiply_by_number(x, number, y, n));
}
template <class T>
WICK_INLINE void divide_by_number(const T* x, T number, T* y, Index n) noexcept {
  WICK_CALL(divide_by_number(x, number, y, n));
}
template <class T>
WICK_INLINE void add_number(const T* x, T number, T* y, Index n) noexcept {
  WICK_CALL(add_number(x, number, y, n));
}
template <class T>
WICK_INLINE void exponentials_to_zero(const T* x, T* y, Index n) noexcept {
  WICK_CALL(exponentials_to_zero(x, y, n));
}
template <class T>
WICK_INLINE void sigmoids(const T* x, T* y, Index n) noexcept {
  WICK_CALL(sigmoids(x, y, n));
}
template <class T>
WICK_INLINE void tanhs(const T* x, T* y, Index n) noexcept {
  WICK_CALL(tanhs(x, y, n));
}
template <class T>
WICK_INLINE void tanh_gradient(const T* y, const T* dy, T* dx, Index n) noexcept {
  WICK_CALL(tanh_gradient(y, dy, dx, n));
}
template <class T>
WICK_INLINE void sigmoid_gradient(const T* y, const T* dy, T* dx, Index n) noexcept {
  WICK_CALL(sigmoid_gradient(y, dy, dx, n));
}
template <class T>
WICK_INLINE void gelu_tanh(const T* x, T* y, Index n) noexcept {
  WICK_CALL(gelu_tanh(x, y, n));
}
template <class T>
WICK_INLINE void gelu_tanh_gradient(const T* x, const T* dy, T* dx, Index n) noexcept {
  WICK_CALL(gelu_tanh_gradient(x, dy, dx, n));
}

#ifdef WICK_COMPILED
template void fill(float, float*, Index) noexcept;
template void fill(double, double*, Index) noexcept;
template void sizes_of(const float*, float*, Index) noexcept;
template void sizes_of(const double*, double*, Index) noexcept;
template void signs_of(const float*, float*, Index) noexcept;
template void signs_of(const double*, double*, Index) noexcept;
template void add(const float*, const float*, float*, Index) noexcept;
template void add(const double*, const double*, double*, Index) noexcept;
template void subtract(const float*, const float*, float*, Index) noexcept;
template void subtract(const double*, const double*, double*, Index) noexcept;
template void multiply(const float*, const float*, float*, Index) noexcept;
template void multiply(const double*, const double*, double*, Index) noexcept;
template void divide(const float*, const float*, float*, Index) noexcept;
template void divide(const double*, const double*, double*, Index) noexcept;
template void multiply_by_number(const float*, float, float*, Index) noexcept;
template void multiply_by_number(const double*, double, double*, Index) noexcept;
template void divide_by_number(const float*, float, float*, Index) noexcept;
template void divide_by_number(const double*, double, double*, Index) noexcept;
template void add_number(const float*, float, float*, Index) noexcept;
template void add_number(const double*, double, double*, Index) noexcept;
template void exponentials_to_zero(const float*, float*, Index) noexcept;
template void exponentials_to_zero(const double*, double*, Index) noexcept;
template void sigmoids(const float*, float*, Index) noexcept;
template void sigmoids(const double*, double*, Index) noexcept;
template void tanhs(const float*, float*, Index) noexcept;
template void tanhs(const double*, double*, Index) noexcept;
template void tanh_gradient(const float*, const float*, float*, Index) noexcept;
template void tanh_gradient(const double*, const double*, double*, Index) noexcept;
template void sigmoid_gradient(const float*, const float*, float*, Index) noexcept;
template void sigmoid_gradient(const double*, const double*, double*, Index) noexcept;
template void gelu_tanh(const float*, float*, Index) noexcept;
template void gelu_tanh(const double*, double*, Index) noexcept;
template void gelu_tanh_gradient(const float*, const float*, float*, Index) noexcept;
template void gelu_tanh_gradient(const double*, const double*, double*, Index) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
