#pragma once

// Vectors for functions whose rounding depends on them.

#include <wick/core/types.hpp>

#include <type_traits>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// The widest vectors of Eigen up to 32 bytes. Its exponential and square root for longer ones round
/// otherwise, so that results would depend on whether the processor has AVX-512.
template <Floating T>
struct MathPackets {
 private:
  using Traits = Eigen::internal::packet_traits<T>;
  static constexpr bool too_long = Traits::size * sizeof(T) > 32;

 public:
  using Packet = std::conditional_t<too_long, typename Traits::half, typename Traits::type>;
  static constexpr Index lanes = too_long ? Traits::size / 2 : Traits::size;
};

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE
