#include <wick/core/divide.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

namespace {

using wick::detail::DivideBy;

template <class T>
T quotient(const DivideBy<T>& by, T a) {
  using Packet = typename DivideBy<T>::Packet;
  return Eigen::internal::pfirst(by(Eigen::internal::pset1<Packet>(a)));
}

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// How many of the significands give another quotient than the division.
int wrong_quotients(const DivideBy<float>& by, float b) {
  using Packet = DivideBy<float>::Packet;
  constexpr auto lanes = static_cast<int>(wick::detail::MathPackets<float>::lanes);
  alignas(64) float a[lanes];  // NOLINT: memory of one vector
  alignas(64) float q[lanes];  // NOLINT: as above
  int wrong = 0;
  for (int i = 1 << 23; i < 1 << 24; i += lanes) {
    for (int j = 0; j < lanes; ++j) a[j] = std::ldexp(static_cast<float>(i + j), -24);
    Eigen::internal::pstoreu(q, by(Eigen::internal::ploadu<Packet>(a)));
    for (int j = 0; j < lanes; ++j) wrong += same_bits(q[j], a[j] / b) ? 0 : 1;
  }
  return wrong;
}

}  // namespace

TEST_CASE("dividing many numbers by one gives the bits of division for every significand") {
  // Roots of Adam's bias correction, 1 - 0.999^k, and others.
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(1.0F, 2.0F);
  int multiplied = 0;
  for (int k = 1; k <= 24; ++k) {
    float b = 0;
    if (k <= 8) {
      b = static_cast<float>(std::sqrt(1 - std::pow(0.999, k * k * k)));
    } else if (k <= 12) {
      b = std::bit_cast<float>(0x3F800000U + static_cast<std::uint32_t>(k) - 9U);  // 1 and its neighbours
    } else if (k == 13) {
      b = std::bit_cast<float>(0x3FFFFFFFU);
    } else {
      b = uniform(random);
    }
    CAPTURE(b);
    const DivideBy<float> by(b);
    multiplied += by.multiplies() ? 1 : 0;
    CHECK(wrong_quotients(by, b) == 0);
  }
  if (wick::detail::packets_fuse) CHECK(multiplied > 12);
}

TEST_CASE("dividing many numbers by one: zero, infinity, NaN, small and large numbers") {
  constexpr float inf = std::numeric_limits<float>::infinity();
  std::mt19937 random(2);
  std::uniform_real_distribution<float> significand(1.0F, 2.0F);
  std::uniform_int_distribution<int> exponent(-75, 64);
  for (const float b : {1.0F, 0.0316069F, 0.999F, 3.0F, 0.7F}) {
    CAPTURE(b);
    const DivideBy<float> by(b);
    CHECK(std::isnan(quotient(by, std::numeric_limits<float>::quiet_NaN())));
    for (const float a : {0.0F, inf}) {
      CAPTURE(a);
      CHECK(quotient(by, a) == a / b);
    }
    for (int i = 0; i < 20000; ++i) {
      const float a = std::ldexp(significand(random), exponent(random));
      CAPTURE(a);
      REQUIRE(same_bits(quotient(by, a), a / b));
    }
  }
}

TEST_CASE("dividing doubles by one number is division") {
  const DivideBy<double> by(0.3);
  CHECK_FALSE(by.multiplies());
  CHECK(quotient(by, 0.7) == 0.7 / 0.3);
}
