#include <wick/tensor/half.hpp>

#include "support/fixture.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

using namespace wick;

namespace {

Half half(std::uint32_t bits) { return {static_cast<std::uint16_t>(bits)}; }
BFloat16 brain(std::uint32_t bits) { return {static_cast<std::uint16_t>(bits)}; }

// The definition of IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
double value_of_half(std::uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31U);
  const double fraction = bits & 1023U;
  const double magnitude = exponent == 31  ? (fraction == 0 ? std::numeric_limits<double>::infinity()
                                                            : std::numeric_limits<double>::quiet_NaN())
                           : exponent == 0 ? std::ldexp(fraction, -24)
                                           : std::ldexp(1024 + fraction, exponent - 25);
  return bits >> 15 != 0 ? -magnitude : magnitude;
}

bool same(float a, double b) {
  return std::isnan(b) ? std::isnan(a) : a == b && std::signbit(a) == std::signbit(b);
}

}  // namespace

TEST_CASE("every half has the value that IEEE 754 gives its bits, and comes back from it") {
  int nans = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float x = to_float(half(bits));
    REQUIRE(same(x, value_of_half(bits)));
    if (std::isnan(x)) {
      ++nans;
      const std::uint32_t back = to_half(x).bits;
      REQUIRE(std::isnan(to_float(half(back))));
      REQUIRE((back >> 15) == (bits >> 15));
    } else {
      REQUIRE(to_half(x).bits == bits);
    }
  }
  CHECK(nans == 2 * 1023);
}

TEST_CASE("every bfloat16 is the upper half of a float, and comes back from it") {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float x = to_float(brain(bits));
#if defined(__i386__)  // floats are returned in a register of the 387, which makes every NaN a quiet one
    const std::uint32_t quiet = std::isnan(x) ? 0x400000U : 0U;
#else
    const std::uint32_t quiet = 0;
#endif
    REQUIRE(std::bit_cast<std::uint32_t>(x) == ((bits << 16) | quiet));
    if (std::isnan(x)) {
      REQUIRE(std::isnan(to_float(to_bfloat16(x))));
    } else {
      REQUIRE(to_bfloat16(x).bits == bits);
    }
  }
}

TEST_CASE("floats round to 16 bits as in PyTorch, ties to even") {
  // tests/reference/make_half.py: ties, their neighbours, limits, random bits
  wick_tests::Fixture file("half.bin");
  const auto n = file.get<std::uint32_t>();
  REQUIRE(n > 5000);
  for (std::uint32_t i = 0; i < n; ++i) {
    const auto x = file.get<float>();
    CAPTURE(x);
    CHECK(to_half(x).bits == file.get<std::uint16_t>());
    CHECK(to_bfloat16(x).bits == file.get<std::uint16_t>());
  }
}

TEST_CASE("every tie between two halves goes to the even one, its neighbours to the nearer one") {
  for (std::uint32_t bits = 0; bits < 0x7BFF; ++bits) {
    const float tie = static_cast<float>((value_of_half(bits) + value_of_half(bits + 1)) / 2);
    REQUIRE(to_half(tie).bits == (bits % 2 == 0 ? bits : bits + 1));
    REQUIRE(to_half(std::nextafter(tie, 0.0F)).bits == bits);
    REQUIRE(to_half(std::nextafter(tie, 1e9F)).bits == bits + 1);
    REQUIRE(to_half(-tie).bits == (0x8000U | (bits % 2 == 0 ? bits : bits + 1)));
  }
  CHECK(to_half(65519.996F).bits == 0x7BFF);
  CHECK(to_half(65520.0F).bits == 0x7C00);
  CHECK(to_half(-1e30F).bits == 0xFC00);
}

TEST_CASE("a NaN whose payload lies in the lost bits does not become infinity") {
  const float nan = std::bit_cast<float>(0x7F800001U);
  CHECK(std::isnan(to_float(to_half(nan))));
  CHECK(std::isnan(to_float(to_bfloat16(nan))));
  CHECK((to_half(-nan).bits >> 15) == 1);
  CHECK(std::isnan(to_float(to_bfloat16(std::bit_cast<float>(0x7FFFFFFFU)))));
}
