#pragma once

// Vectors for functions whose rounding depends on them, and for stretches of tens of elements; functions of
// vectors that every processor rounds alike.

#include <wick/core/types.hpp>

#include <array>
#include <cmath>
#include <cstddef>

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

/// Roots, correctly rounded. Eigen's psqrt() begins with the processor's approximate inverse root, which
/// makers of processors tabulate differently.
template <class Packet>
Packet square_root(const Packet& a) noexcept {
  using T = typename Eigen::internal::unpacket_traits<Packet>::type;
  std::array<T, static_cast<std::size_t>(Eigen::internal::unpacket_traits<Packet>::size)> numbers;
  Eigen::internal::pstoreu(numbers.data(), a);
  for (T& x : numbers) x = std::sqrt(x);
  return Eigen::internal::ploadu<Packet>(numbers.data());
}
#ifdef EIGEN_VECTORIZE_SSE
inline Eigen::internal::Packet4f square_root(const Eigen::internal::Packet4f& a) noexcept {
  return _mm_sqrt_ps(a);
}
inline Eigen::internal::Packet2d square_root(const Eigen::internal::Packet2d& a) noexcept {
  return _mm_sqrt_pd(a);
}
#endif
#ifdef EIGEN_VECTORIZE_AVX
inline Eigen::internal::Packet8f square_root(const Eigen::internal::Packet8f& a) noexcept {
  return _mm256_sqrt_ps(a);
}
inline Eigen::internal::Packet4d square_root(const Eigen::internal::Packet4d& a) noexcept {
  return _mm256_sqrt_pd(a);
}
#endif

/// y_i = exp(x_i) for n numbers, to two units in the last place. All of them in vectors, so that the C
/// library's functions, which differ between processors, have no part in it. `x` and `y` may be the same
/// memory.
template <Floating T>
void exponentials(const T* x, Index n, T* y) noexcept {
  namespace ei = Eigen::internal;
  using Packet = typename MathPackets<T>::Packet;
  constexpr Index lanes = MathPackets<T>::lanes;
  Index i = 0;
  for (; i + lanes <= n; i += lanes) ei::pstoreu(y + i, ei::pexp(ei::ploadu<Packet>(x + i)));
  if (i == n) return;
  std::array<T, static_cast<std::size_t>(lanes)> rest{};
  for (Index k = i; k < n; ++k) rest[static_cast<std::size_t>(k - i)] = x[k];
  ei::pstoreu(rest.data(), ei::pexp(ei::ploadu<Packet>(rest.data())));
  for (Index k = i; k < n; ++k) y[k] = rest[static_cast<std::size_t>(k - i)];
}

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE
