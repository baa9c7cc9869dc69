#pragma once

// Steps of optimizers for each level of vector instructions; Adam's are in kernels/adam.hpp.

#include <wick/kernels/optimizer_scalars.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// `buffer` is null without momentum.
template <class T>
WICK_INLINE void sgd_update(const SGDScalars<T>& s, Index n, const T* g, T* p, T* buffer) noexcept;
/// `mean` is null unless centered, `buffer` without momentum.
template <class T>
WICK_INLINE void rmsprop_update(const RMSpropScalars<T>& s, Index n, const T* g, T* p, T* square, T* mean,
                                T* buffer) noexcept;
template <class T>
WICK_INLINE void adagrad_update(const AdagradScalars<T>& s, Index n, const T* g, T* p, T* sum) noexcept;
template <class T>
WICK_INLINE void adamax_update(const AdamaxScalars<T>& s, Index n, const T* g, T* p, T* mean,
                               T* largest) noexcept;
template <class T>
WICK_INLINE void nadam_update(const NAdamScalars<T>& s, Index n, const T* g, T* p, T* mean,
                              T* square) noexcept;
template <class T>
WICK_INLINE void radam_update(const RAdamScalars<T>& s, Index n, const T* g, T* p, T* mean,
                              T* square) noexcept;
template <class T>
WICK_INLINE void adadelta_update(const AdadeltaScalars<T>& s, Index n, const T* g, T* p, T* square,
                                 T* deltas) noexcept;
template <class T>
WICK_INLINE void asgd_update(const ASGDScalars<T>& s, Index n, const T* g, T* p, T* average) noexcept;
template <class T>
WICK_INLINE void rprop_update(const RpropScalars<T>& s, Index n, const T* g, T* p, T* before,
                              T* sizes) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/optimizers.ipp>
#endif
