#include <wick/kernels/elementary.hpp>

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

using namespace wick;

namespace {

/// |found - expected| in units of the last place of a double at `expected`.
double ulps(double found, long double expected) {
  int exponent = 0;
  static_cast<void>(std::frexp(static_cast<double>(expected), &exponent));
  return static_cast<double>(std::abs(static_cast<long double>(found) - expected)) /
         std::ldexp(1.0, exponent - 53);
}

double power(double base, std::int64_t exponent) {
  return detail::powers(std::array<double, 1>{base}, exponent)[0];
}

}  // namespace

// The reference is the C library's functions of 64-bit significands; where long double is double, as on some
// systems, the bounds still hold.

TEST_CASE("log is the logarithm to one unit in the last place") {
  Generator g(1);
  double worst = 0;
  const auto check = [&worst](double x) {
    worst = std::max(worst, ulps(detail::log(x), std::log(static_cast<long double>(x))));
  };
  for (int i = 0; i < 200000; ++i) {
    const double u = detail::uniform53(g);
    check(1 + 9 * u);                             // sums of exponentials
    check(1 - 0x1p-53 * static_cast<double>(i));  // next to 1
    check(1 + 0x1p-52 * static_cast<double>(i));
    if (u > 0) check(u);
    check(std::ldexp(1 + u, static_cast<int>(random63(g) % 2000) - 1000));
  }
  check(std::numeric_limits<double>::denorm_min());
  check(std::numeric_limits<double>::max());
  CHECK(worst < 1);
  CHECK(detail::log(1) == 0);
}

TEST_CASE("log at the edges") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(detail::log(infinity) == infinity);
  CHECK(detail::log(0) == -infinity);
  CHECK(detail::log(-0.0) == -infinity);
  CHECK(std::isnan(detail::log(-1)));
  CHECK(std::isnan(detail::log(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("sin_cos is sine and cosine over the whole circle") {
  Generator g(2);
  long double worst = 0;
  const auto check = [&worst](double x) {
    const auto [sine, cosine] = detail::sin_cos(x);
    worst = std::max(worst, std::abs(static_cast<long double>(sine) - std::sin(static_cast<long double>(x))));
    worst =
        std::max(worst, std::abs(static_cast<long double>(cosine) - std::cos(static_cast<long double>(x))));
  };
  for (int i = 0; i < 200000; ++i) check(2 * std::numbers::pi * detail::uniform53(g));
  for (int i = 0; i <= 8; ++i) {
    const double x = i * std::numbers::pi / 4;
    check(x);
    check(std::nextafter(x, 0.0));
    check(std::nextafter(x, 7.0));
  }
  CHECK(worst <= 0x1p-52L);
  CHECK(detail::sin_cos(0).sine == 0);
  CHECK(detail::sin_cos(0).cosine == 1);
}

TEST_CASE("power is the correctly rounded power") {
  // By Python's decimal module with 60 digits, rounded to double:
  //   from decimal import *; getcontext().prec = 60
  //   for b in (0.9, 0.999, 0.99, 0.5, 0.9999999, 1 / 3):
  //     for k in (1, 2, 3, 7, 64, 320, 1000, 3751, 60000): print(b, k, float(Decimal(b) ** k).hex())
  // without those below 1e-290.
  struct Case {
    double base;
    std::int64_t exponent;
    double expected;
  };
  for (const auto& c : {Case{0.9, 1, 0x1.ccccccccccccdp-1},
                        Case{0.9, 2, 0x1.9eb851eb851ecp-1},
                        Case{0.9, 3, 0x1.753f7ced91688p-1},
                        Case{0.9, 7, 0x1.e9c6a99d1cdbfp-2},
                        Case{0.9, 64, 0x1.351296debd52dp-10},
                        Case{0.9, 320, 0x1.4854e83732efcp-49},
                        Case{0.9, 1000, 0x1.fee7413dac341p-153},
                        Case{0.9, 3751, 0x1.c91c127a8e5d6p-571},
                        Case{0.999, 1, 0x1.ff7ced916872bp-1},
                        Case{0.999, 2, 0x1.fef9fcb0c026dp-1},
                        Case{0.999, 3, 0x1.fe772d5570166p-1},
                        Case{0.999, 7, 0x1.fc6d3e72229bcp-1},
                        Case{0.999, 64, 0x1.e03e412432948p-1},
                        Case{0.999, 320, 0x1.73ba91b6f8ea2p-1},
                        Case{0.999, 1000, 0x1.788526411ed72p-2},
                        Case{0.999, 3751, 0x1.80353808ae697p-6},
                        Case{0.999, 60000, 0x1.509f5c768f34bp-87},
                        Case{0.99, 1, 0x1.fae147ae147aep-1},
                        Case{0.99, 2, 0x1.f5cfaacd9e83ep-1},
                        Case{0.99, 3, 0x1.f0cb07d0aed9ap-1},
                        Case{0.99, 7, 0x1.dd37ab55fda2fp-1},
                        Case{0.99, 64, 0x1.0d1afb99a1285p-1},
                        Case{0.99, 320, 0x1.4896a0bf0780cp-5},
                        Case{0.99, 1000, 0x1.6a258c41be10ep-15},
                        Case{0.99, 3751, 0x1.874b9a99493f2p-55},
                        Case{0.99, 60000, 0x1.049f61a62186ep-870},
                        Case{0.5, 1, 0x1.0000000000000p-1},
                        Case{0.5, 2, 0x1.0000000000000p-2},
                        Case{0.5, 3, 0x1.0000000000000p-3},
                        Case{0.5, 7, 0x1.0000000000000p-7},
                        Case{0.5, 64, 0x1.0000000000000p-64},
                        Case{0.5, 320, 0x1.0000000000000p-320},
                        Case{0.9999999, 1, 0x1.fffffca501acbp-1},
                        Case{0.9999999, 2, 0x1.fffff94a035f0p-1},
                        Case{0.9999999, 3, 0x1.fffff5ef0516fp-1},
                        Case{0.9999999, 7, 0x1.ffffe8830c2f1p-1},
                        Case{0.9999999, 64, 0x1.ffff294097811p-1},
                        Case{0.9999999, 320, 0x1.fffbce467a3aap-1},
                        Case{0.9999999, 1000, 0x1.fff2e4b972510p-1},
                        Case{0.9999999, 3751, 0x1.ffced8179a016p-1},
                        Case{0.9999999, 60000, 0x1.fcefec2bf632cp-1},
                        Case{0.3333333333333333, 1, 0x1.5555555555555p-2},
                        Case{0.3333333333333333, 2, 0x1.c71c71c71c71cp-4},
                        Case{0.3333333333333333, 3, 0x1.2f684bda12f67p-5},
                        Case{0.3333333333333333, 7, 0x1.df75680feb65cp-12},
                        Case{0.3333333333333333, 64, 0x1.7a0a91194ed7cp-102},
                        Case{0.3333333333333333, 320, 0x1.c171d71abf9f2p-508}}) {
    CAPTURE(c.base);
    CAPTURE(c.exponent);
    CHECK(power(c.base, c.exponent) == c.expected);
  }
  for (const std::int64_t exponent : {0, 1, 2, 77, 1000, 60000}) {
    const auto both = detail::powers(std::array<double, 2>{0.9, 0.999}, exponent);
    CHECK(both[0] == power(0.9, exponent));
    CHECK(both[1] == power(0.999, exponent));
  }
  CHECK(power(0.9, 0) == 1);
  CHECK(power(0, 5) == 0);
  CHECK(power(0.999, std::numeric_limits<std::int64_t>::max()) == 0);
}

TEST_CASE("powers with squares that are kept have the same bits, in whatever order they are asked for") {
  detail::PowerSquares<2> kept;
  const auto check = [&kept](const std::array<double, 2>& bases, std::int64_t exponent) {
    const auto found = detail::powers(bases, exponent, kept);
    const auto expected = detail::powers(bases, exponent);
    if (found == expected) return;
    CAPTURE(bases[0]);
    CAPTURE(exponent);
    CHECK(found[0] == expected[0]);
    CHECK(found[1] == expected[1]);
  };
  for (const auto& bases :
       {std::array{0.9, 0.999}, std::array{0.0, 0.0}, std::array{0.5, 0.98}, std::array{0.9, 0.999}}) {
    for (std::int64_t k = 0; k <= 3000; ++k) check(bases, k);
    for (std::int64_t k = 1; k < std::int64_t{1} << 61; k *= 3) check(bases, k);
  }
  // One rate changes from step to step, as in OneCycleLR.
  for (std::int64_t k = 1; k <= 300; ++k) check({0.95 - 1e-4 * static_cast<double>(k), 0.999}, k);
}

TEST_CASE("exp is the exponential to about one unit in the last place") {
  Generator g(3);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const double size = i % 2 == 0 ? 700 : 2;
    const double x = size * (2 * detail::uniform53(g) - 1);
    worst = std::max(worst, ulps(detail::exp(x), std::exp(static_cast<long double>(x))));
  }
  CHECK(worst < 1.25);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(detail::exp(0) == 1);
  CHECK(detail::exp(-infinity) == 0);
  CHECK(detail::exp(infinity) == infinity);
  CHECK(detail::exp(1000) == infinity);
  CHECK(detail::exp(-1000) == 0);
  CHECK(detail::exp(-740) > 0);
  CHECK(std::isnan(detail::exp(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("cosine is that of any angle, and power that of any exponent") {
  Generator g(4);
  double worst = 0;
  double worst_power = 0;
  for (int i = 0; i < 100000; ++i) {
    const double angle = (i % 2 == 0 ? 7 : 2000) * (2 * detail::uniform53(g) - 1);
    worst = std::max(worst, std::abs(detail::cosine(angle) - std::cos(angle)));
    const double base = 2 * detail::uniform53(g) + 1e-3;
    const double exponent = 4 * (2 * detail::uniform53(g) - 1);
    const auto expected = std::pow(static_cast<long double>(base), static_cast<long double>(exponent));
    worst_power = std::max(
        worst_power, static_cast<double>(std::abs(
                         (static_cast<long double>(detail::power(base, exponent)) - expected) / expected)));
  }
  CHECK(worst < 5e-16);
  CHECK(worst_power < 1e-14);
  CHECK(detail::cosine(0) == 1);
  CHECK(detail::cosine(std::numbers::pi) == -1);
  CHECK(detail::power(0.75, 1) == 0.75);
  CHECK(detail::power(3, 2) == doctest::Approx(9).epsilon(1e-14));
  CHECK(detail::power(0, 2) == 0);
  CHECK(detail::power(0, 0.5) == 0);
  CHECK(detail::power(5, 0) == 1);
}
