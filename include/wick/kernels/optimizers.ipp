#pragma once

// Definitions of kernels/optimizers.hpp.

#include <wick/kernels/detail/optimizers.hpp>
#include <wick/kernels/optimizers.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

template <class T>
WICK_INLINE void sgd_update(const SGDScalars<T>& s, Index n, const T* g, T* p, T* buffer) noexcept {
  WICK_CALL(sgd_update(s, n, g, p, buffer));
}
template <class T>
WICK_INLINE void rmsprop_update(const RMSpropScalars<T>& s, Index n, const T* g, T* p, T* square, T* mean,
                                T* buffer) noexcept {
  WICK_CALL(rmsprop_update(s, n, g, p, square, mean, buffer));
}
template <class T>
WICK_INLINE void adagrad_update(const AdagradScalars<T>& s, Index n, const T* g, T* p, T* sum) noexcept {
  WICK_CALL(adagrad_update(s, n, g, p, sum));
}
template <class T>
WICK_INLINE void adamax_update(const AdamaxScalars<T>& s, Index n, const T* g, T* p, T* mean,
                               T* largest) noexcept {
  WICK_CALL(adamax_update(s, n, g, p, mean, largest));
}
template <class T>
WICK_INLINE void nadam_update(const NAdamScalars<T>& s, Index n, const T* g, T* p, T* mean,
                              T* square) noexcept {
  WICK_CALL(nadam_update(s, n, g, p, mean, square));
}
template <class T>
WICK_INLINE void radam_update(const RAdamScalars<T>& s, Index n, const T* g, T* p, T* mean,
                              T* square) noexcept {
  WICK_CALL(radam_update(s, n, g, p, mean, square));
}
template <class T>
WICK_INLINE void adadelta_update(const AdadeltaScalars<T>& s, Index n, const T* g, T* p, T* square,
                                 T* deltas) noexcept {
  WICK_CALL(adadelta_update(s, n, g, p, square, deltas));
}
template <class T>
WICK_INLINE void asgd_update(const ASGDScalars<T>& s, Index n, const T* g, T* p, T* average) noexcept {
  WICK_CALL(asgd_update(s, n, g, p, average));
}
template <class T>
WICK_INLINE void rprop_update(const RpropScalars<T>& s, Index n, const T* g, T* p, T* before,
                              T* sizes) noexcept {
  WICK_CALL(rprop_update(s, n, g, p, before, sizes));
}

#ifdef WICK_COMPILED
template void sgd_update(const SGDScalars<float>&, Index, const float*, float*, float*) noexcept;
template void sgd_update(const SGDScalars<double>&, Index, const double*, double*, double*) noexcept;
template void rmsprop_update(const RMSpropScalars<float>&, Index, const float*, float*, float*, float*,
                             float*) noexcept;
template void rmsprop_update(const RMSpropScalars<double>&, Index, const double*, double*, double*, double*,
                             double*) noexcept;
template void adagrad_update(const AdagradScalars<float>&, Index, const float*, float*, float*) noexcept;
template void adagrad_update(const AdagradScalars<double>&, Index, const double*, double*, double*) noexcept;
template void adamax_update(const AdamaxScalars<float>&, Index, const float*, float*, float*,
                            float*) noexcept;
template void adamax_update(const AdamaxScalars<double>&, Index, const double*, double*, double*,
                            double*) noexcept;
template void nadam_update(const NAdamScalars<float>&, Index, const float*, float*, float*, float*) noexcept;
template void nadam_update(const NAdamScalars<double>&, Index, const double*, double*, double*,
                           double*) noexcept;
template void radam_update(const RAdamScalars<float>&, Index, const float*, float*, float*, float*) noexcept;
template void radam_update(const RAdamScalars<double>&, Index, const double*, double*, double*,
                           double*) noexcept;
template void adadelta_update(const AdadeltaScalars<float>&, Index, const float*, float*, float*,
                              float*) noexcept;
template void adadelta_update(const AdadeltaScalars<double>&, Index, const double*, double*, double*,
                              double*) noexcept;
template void asgd_update(const ASGDScalars<float>&, Index, const float*, float*, float*) noexcept;
template void asgd_update(const ASGDScalars<double>&, Index, const double*, double*, double*) noexcept;
template void rprop_update(const RpropScalars<float>&, Index, const float*, float*, float*, float*) noexcept;
template void rprop_update(const RpropScalars<double>&, Index, const double*, double*, double*,
                           double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
