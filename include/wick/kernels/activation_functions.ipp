#pragma once

// Definitions of kernels/activation_functions.hpp.

#include <wick/kernels/activation_functions.hpp>
#include <wick/kernels/detail/activation_functions.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class Function, class T>
WICK_INLINE void activate(Function /*which*/, const T* x, T number, T* y, Index n) noexcept {
  WICK_CALL(activate(Function(), x, number, y, n));
}
template <class Function, class T>
WICK_INLINE void activation_gradient(Function /*which*/, const T* x, T number, const T* dy, T* dx,
                                     Index n) noexcept {
  WICK_CALL(activation_gradient(Function(), x, number, dy, dx, n));
}
template <class T>
WICK_INLINE void prelu(const T* x, const T* weight, T* y, Index n) noexcept {
  WICK_CALL(prelu(x, weight, y, n));
}
template <class T>
WICK_INLINE void prelu_slope(const T* x, const T* weight, T* y, Index n) noexcept {
  WICK_CALL(prelu_slope(x, weight, y, n));
}
template <class T>
WICK_INLINE void threshold(const T* x, const T* other, T number, T* y, Index n) noexcept {
  WICK_CALL(threshold(x, other, number, y, n));
}

#ifdef WICK_COMPILED
// NOLINTBEGIN(bugprone-macro-parentheses): of a type
#define WICK_INSTANTIATE(Function)                                                                        \
  template void activate(Function, const float*, float, float*, Index) noexcept;                          \
  template void activate(Function, const double*, double, double*, Index) noexcept;                       \
  template void activation_gradient(Function, const float*, float, const float*, float*, Index) noexcept; \
  template void activation_gradient(Function, const double*, double, const double*, double*, Index) noexcept;
WICK_INSTANTIATE(LeakyRelu)
WICK_INSTANTIATE(Elu)
WICK_INSTANTIATE(Selu)
WICK_INSTANTIATE(Celu)
WICK_INSTANTIATE(Silu)
WICK_INSTANTIATE(Gelu)
WICK_INSTANTIATE(Mish)
WICK_INSTANTIATE(Softplus)
WICK_INSTANTIATE(LogSigmoid)
WICK_INSTANTIATE(HardtanhMin)
WICK_INSTANTIATE(HardtanhMax)
WICK_INSTANTIATE(Hardsigmoid)
WICK_INSTANTIATE(Hardswish)
WICK_INSTANTIATE(Hardshrink)
WICK_INSTANTIATE(Softshrink)
WICK_INSTANTIATE(AtLeast)
WICK_INSTANTIATE(Huber)
#undef WICK_INSTANTIATE
// NOLINTEND(bugprone-macro-parentheses)
template void prelu(const float*, const float*, float*, Index) noexcept;
template void prelu(const double*, const double*, double*, Index) noexcept;
template void prelu_slope(const float*, const float*, float*, Index) noexcept;
template void prelu_slope(const double*, const double*, double*, Index) noexcept;
template void threshold(const float*, const float*, float, float*, Index) noexcept;
template void threshold(const double*, const double*, double, double*, Index) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
