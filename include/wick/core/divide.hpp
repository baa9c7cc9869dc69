#pragma once

// Division of many numbers by the same one, by multiplications.

#include <wick/core/packets.hpp>
#include <wick/core/types.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// Whether Eigen's pmadd() rounds once.
#if defined(EIGEN_VECTORIZE_FMA) || (defined(EIGEN_VECTORIZE_NEON) && defined(__ARM_FEATURE_FMA))
inline constexpr bool packets_fuse = true;
#else
inline constexpr bool packets_fuse = false;
#endif

/// a / b for vectors a >= 0 and a number b > 0, with the bits of the division: for a = 0, infinite, NaN, or
/// such that neither a nor a / b leaves [2^-75, 2^100].
///
/// Processors divide one vector in the time of several multiplications. Where they fuse, floats are computed
/// as a y + a z in one rounding, with y = 1 / b rounded and z what that lacks. This is the correctly rounded
/// quotient for most b and all a, which is found out when b is set; for the others, and for doubles, it is a
/// division. N. Brisebarre, J.-M. Muller, S. K. Raina, "Accelerating correctly rounded floating-point
/// division when the divisor is known in advance", IEEE Trans. Comput. 53 (2004),
/// https://doi.org/10.1109/TC.2004.37
template <Floating T>
class DivideBy {
 public:
  using Packet = typename MathPackets<T>::Packet;

  /// `divisor`: finite, > 0, with a finite inverse.
  explicit DivideBy(T divisor) noexcept
      : divisor_(Eigen::internal::pset1<Packet>(divisor)),
        inverse_(Eigen::internal::pset1<Packet>(T(1) / divisor)),
        rest_(Eigen::internal::pset1<Packet>(
            static_cast<T>(1.0 / static_cast<double>(divisor) - static_cast<double>(T(1) / divisor)))) {
    if constexpr (packets_fuse && std::is_same_v<T, float>) multiplies_ = is_exact(divisor);
  }

  [[nodiscard]] Packet operator()(const Packet& a) const noexcept {
    namespace ei = Eigen::internal;
    if (!multiplies_) return ei::pdiv(a, divisor_);
    const Packet infinite = ei::pcmp_eq(a, ei::pset1<Packet>(std::numeric_limits<T>::infinity()));
    return ei::pselect(infinite, a, product(a));
  }

  /// Whether it is done by multiplications.
  [[nodiscard]] bool multiplies() const noexcept { return multiplies_; }

 private:
  [[nodiscard]] Packet product(const Packet& a) const noexcept {
    namespace ei = Eigen::internal;
    return ei::pmadd(a, inverse_, ei::pmul(a, rest_));
  }

  /// Whether product() is right for all a.
  ///
  /// Before its rounding it is off by less than 1.02 * 2^-47 of itself, so it can only round to the wrong
  /// side when a / b is that near to the middle of two floats. With the significands A and B of a and b as
  /// integers of 24 bits, the middles are N / 2^s with odd N of 25 bits, where s is 24 for A >= B and 25
  /// otherwise, and then the integer A 2^s - N B is not 0 and at most 4. There are few such A; they are
  /// tried.
  [[nodiscard]] bool is_exact(float b) const noexcept {
    namespace ei = Eigen::internal;
    constexpr std::int64_t one = 1;
    int exponent = 0;
    const auto significand = static_cast<std::int64_t>(std::ldexp(std::frexp(b, &exponent), 24));
    const int twos = std::countr_zero(static_cast<std::uint64_t>(significand));
    const auto odd = static_cast<std::uint64_t>(significand) >> twos;
    std::uint64_t inverse = odd;  // modulo 2^3; each turn doubles the bits
    for (int i = 0; i < 4; ++i) inverse *= 2 - odd * inverse;
    for (std::int64_t distance = -4; distance <= 4; ++distance) {
      if (distance == 0 || std::countr_zero(static_cast<std::uint64_t>(distance)) != twos) continue;
      for (const int s : {24, 25}) {
        const std::uint64_t modulus = std::uint64_t{1} << (s - twos);
        const std::uint64_t middle = (0 - static_cast<std::uint64_t>(distance >> twos)) * inverse % modulus;
        for (auto n = static_cast<std::int64_t>(middle); n < one << 25;
             n += static_cast<std::int64_t>(modulus)) {
          const std::int64_t a = (n * significand + distance) >> s;
          if (n < one << 24 || a < one << 23 || a >= one << 24 || (a >= significand) != (s == 24)) continue;
          const auto number = static_cast<float>(a);
          if (ei::pfirst(product(ei::pset1<Packet>(number))) != number / b) return false;
        }
      }
    }
    return true;
  }

  Packet divisor_;
  Packet inverse_;
  Packet rest_;
  bool multiplies_ = false;
};

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE
