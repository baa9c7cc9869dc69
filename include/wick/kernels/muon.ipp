#pragma once

// Definitions of kernels/muon.hpp.

#include <wick/kernels/detail/muon.hpp>
#include <wick/kernels/muon.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

WICK_INLINE Index muon_columns() noexcept { return WICK_CALL(muon_columns); }
template <class T>
WICK_INLINE void muon_momentum(T take, T momentum, bool nesterov, Index n, const T* g, T* buffer,
                               float* u) noexcept {
  WICK_CALL(muon_momentum(take, momentum, nesterov, n, g, buffer, u));
}
WICK_INLINE void muon_round(Index n, float* p) noexcept { WICK_CALL(muon_round(n, p)); }
WICK_INLINE void muon_combine(float a, float b, Index n, const float* c, float* p) noexcept {
  WICK_CALL(muon_combine(a, b, n, c, p));
}
template <class T>
WICK_INLINE void muon_move(T keep, T alpha, Index n, const float* u, T* p) noexcept {
  WICK_CALL(muon_move(keep, alpha, n, u, p));
}
WICK_INLINE void muon_sums(const MuonProduct& p, Index column, Index count, Index first, float* packed,
                           float* tile) noexcept {
  WICK_CALL(muon_sums(p, column, count, first, packed, tile));
}

#ifdef WICK_COMPILED
template void muon_momentum(float, float, bool, Index, const float*, float*, float*) noexcept;
template void muon_momentum(double, double, bool, Index, const double*, double*, float*) noexcept;
template void muon_move(float, float, Index, const float*, float*) noexcept;
template void muon_move(double, double, Index, const float*, double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
