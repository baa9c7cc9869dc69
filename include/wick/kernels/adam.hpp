#pragma once

// Adam's step for each level of vector instructions.

#include <wick/kernels/optimizer_scalars.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// A step of Adam. `largest` is null without amsgrad.
template <class T>
WICK_INLINE void adam_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n,
                             const T* g, T* p, T* m, T* v, T* largest) noexcept;
/// The same with weight decay apart from the gradient: p is multiplied by `keep` first.
template <class T>
WICK_INLINE void adamw_update(bool changed_gradient, bool amsgrad, const AdamScalars<T>& s, Index n,
                              const T* g, T* p, T* m, T* v, T* largest) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/adam.ipp>
#endif
