#pragma once

// Definitions of kernels/adam.hpp.

#include <wick/kernels/adam.hpp>
#include <wick/kernels/detail/adam.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void adam_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n,
                             const T* g, T* p, T* m, T* v, T* largest) noexcept {
  WICK_CALL(adam_update(changed_gradient, amsgrad, s, n, g, p, m, v, largest));
}
template <class T>
WICK_INLINE void adamw_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n,
                              const T* g, T* p, T* m, T* v, T* largest) noexcept {
  WICK_CALL(adamw_update(changed_gradient, amsgrad, s, n, g, p, m, v, largest));
}

#ifdef WICK_COMPILED
template void adam_update(bool, bool, const AdamScalars<float>&, Index, const float*, float*, float*, float*,
                          float*) noexcept;
template void adam_update(bool, bool, const AdamScalars<double>&, Index, const double*, double*, double*,
                          double*, double*) noexcept;
template void adamw_update(bool, bool, const AdamScalars<float>&, Index, const float*, float*, float*, float*,
                           float*) noexcept;
template void adamw_update(bool, bool, const AdamScalars<double>&, Index, const double*, double*, double*,
                           double*, double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
