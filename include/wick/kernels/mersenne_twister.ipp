#pragma once

// Definitions of kernels/mersenne_twister.hpp.

#include <wick/kernels/detail/mersenne_twister.hpp>
#include <wick/kernels/mersenne_twister.hpp>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

WICK_INLINE void twist(std::uint32_t* words) noexcept { WICK_CALL(twist(words)); }
WICK_INLINE void temper(const std::uint32_t* from, Index n, std::uint32_t* to) noexcept {
  WICK_CALL(temper(from, n, to));
}
template <class T>
WICK_INLINE void keep_below(const std::uint32_t* from, Index n, std::uint64_t threshold, T scale,
                            T* mask) noexcept {
  WICK_CALL(keep_below(from, n, threshold, scale, mask));
}

#ifdef WICK_COMPILED
template void keep_below(const std::uint32_t*, Index, std::uint64_t, float, float*) noexcept;
template void keep_below(const std::uint32_t*, Index, std::uint64_t, double, double*) noexcept;
#endif

}  // namespace detail::kernels
WICK_END_NAMESPACE
