#pragma once

// The Mersenne Twister for each level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>
#include <cstdint>

WICK_BEGIN_NAMESPACE
namespace detail::kernels {

using Index = std::ptrdiff_t;

/// The 624 words of the state after the next 624 draws, in their places.
WICK_INLINE void twist(std::uint32_t* words) noexcept;
/// The draws that n words of the state stand for.
WICK_INLINE void temper(const std::uint32_t* from, Index n, std::uint32_t* to) noexcept;
/// mask_i = scale if the draw of 53 bits that words 2 i and 2 i + 1 of the state stand for is below
/// `threshold`, else 0; for n numbers.
template <class T>
WICK_INLINE void keep_below(const std::uint32_t* from, Index n, std::uint64_t threshold, T scale,
                            T* mask) noexcept;

}  // namespace detail::kernels
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/kernels/mersenne_twister.ipp>
#endif
