#pragma once

// Vectors for functions whose rounding depends on them, and for stretches of tens of elements.

#include <wick/core/types.hpp>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// The widest vectors of Eigen up to 32 bytes. Its exponential and square root for longer ones round
/// otherwise, so that results would depend on whether the processor has AVX-512.
template <Floating T, bool too_long = (Eigen::internal::packet_traits<T>::size * sizeof(T) > 32)>
struct MathPackets {
  using Packet = typename Eigen::internal::packet_traits<T>::type;
  static constexpr Index lanes = Eigen::internal::packet_traits<T>::size;
};
template <Floating T>
struct MathPackets<T, true> {
  using Packet = typename Eigen::internal::packet_traits<T>::half;
  static constexpr Index lanes = Eigen::internal::packet_traits<T>::size / 2;
};

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE
