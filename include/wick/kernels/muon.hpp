#pragma once

// What Muon computes, for each level of vector instructions. Sums of a product and another number are rounded
// once on every level, and products of numbers of bfloat16 are exact: no level changes a bit.

#include <wick/kernels/muon_product.hpp>
#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// Columns of a product that are computed together.
[[nodiscard]] WICK_INLINE Index muon_columns() noexcept;
/// buffer = buffer + take (g - buffer), and what is made orthogonal, in bfloat16: with nesterov
/// g + momentum (buffer - g), else the buffer. Whole vectors.
template <class T>
WICK_INLINE void muon_momentum(T take, T momentum, bool nesterov, Index n, const T* g, T* buffer,
                               float* u) noexcept;
/// p in bfloat16.
WICK_INLINE void muon_round(Index n, float* p) noexcept;
/// p = a p + b c, in bfloat16.
WICK_INLINE void muon_combine(float a, float b, Index n, const float* c, float* p) noexcept;
/// p = keep p + alpha u. Whole vectors.
template <class T>
WICK_INLINE void muon_move(T keep, T alpha, Index n, const float* u, T* p) noexcept;
/// Sums of a product in `count` columns, at most muon_columns, from `column` on and in rows [first, p.rows):
/// `tile` (p.rows - first, muon_columns). `packed` has room for muon_columns * muon_depth(p.depth) numbers.
WICK_INLINE void muon_sums(const MuonProduct& p, Index column, Index count, Index first, float* packed,
                           float* tile) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/muon.ipp>
#endif
