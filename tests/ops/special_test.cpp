// Of ops/angles.hpp, special.hpp and signs.hpp. Values are PyTorch's too, see tests/conformance; here are
// those of mpmath to the last places, types and edges.

#include <wick/ops/special.hpp>

#include "support/throws.hpp"

#include <wick/ops/angles.hpp>
#include <wick/ops/arithmetic.hpp>
#include <wick/ops/create.hpp>
#include <wick/ops/pow.hpp>
#include <wick/ops/signs.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

using namespace wick;
using wick_tests::message_of;

namespace {

using D = Tensor<double>;
using F = Tensor<float>;
using I = Tensor<std::int64_t>;
using B = Tensor<bool>;

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double endless = std::numeric_limits<double>::infinity();

template <class X>
concept has_hypot = requires(const X& x) {
  wick::hypot(x, x);
};
static_assert(has_hypot<F> && !has_hypot<I>);
static_assert(std::is_same_v<decltype(wick::asin(I())), F> && std::is_same_v<decltype(wick::erf(D())), D>);
static_assert(std::is_same_v<decltype(wick::fmod(I(), I())), I>);
static_assert(std::is_same_v<decltype(float_power(I(), 2)), D>);

bool near(double got, double expected, double units) {
  return got == expected || std::abs(got - expected) <= units * 0x1p-53 * std::abs(expected);
}

/// The largest relative error over numbers between two bounds, in units of 2^-53.
template <class F>
double worst(const D& y, const D& x, const F& exact) {
  double most = 0;
  for (Index i = 0; i < x.numel(); ++i) {
    const long double expected = exact(static_cast<long double>(x.data()[i]));
    if (expected == 0) continue;
    const auto error =
        static_cast<double>(std::abs((static_cast<long double>(y.data()[i]) - expected) / expected));
    most = (std::max)(most, error);
  }
  return most * 0x1p53;
}

}  // namespace

TEST_CASE("angles and special functions against long double") {
  const D unit = linspace<double>(-0.999, 0.999, 1001);
  const D wide = linspace<double>(-20, 20, 1003);
  CHECK(worst(asin(unit), unit, [](long double v) { return std::asin(v); }) < 3);
  CHECK(worst(acos(unit), unit, [](long double v) { return std::acos(v); }) < 4);
  CHECK(worst(atan(wide), wide, [](long double v) { return std::atan(v); }) < 3);
  CHECK(worst(atan2(wide, -0.3), wide,
              [](long double v) { return std::atan2(v, -static_cast<long double>(0.3)); }) < 3);
  CHECK(worst(sinh(wide), wide, [](long double v) { return std::sinh(v); }) < 4);
  CHECK(worst(cosh(wide), wide, [](long double v) { return std::cosh(v); }) < 4);
  CHECK(worst(asinh(wide), wide, [](long double v) { return std::asinh(v); }) < 4);
  CHECK(worst(acosh(abs(wide) + 1), abs(wide) + 1, [](long double v) { return std::acosh(v); }) < 4);
  CHECK(worst(atanh(unit), unit, [](long double v) { return std::atanh(v); }) < 5);
  CHECK(worst(exp2(wide), wide, [](long double v) { return std::exp2(v); }) < 2);
  CHECK(worst(erf(wide), wide, [](long double v) { return std::erf(v); }) < 5);
  CHECK(worst(erfc(wide), wide, [](long double v) { return std::erfc(v); }) < 8);
  CHECK(worst(erf(erfinv(unit)), unit, [](long double v) { return v; }) < 6);
  CHECK(worst(lgamma(abs(wide) + 2.5), abs(wide) + 2.5, [](long double v) { return std::lgamma(v); }) < 8);
  CHECK(worst(hypot(wide, 3.0), wide, [](long double v) { return std::hypot(v, 3.0L); }) < 3);
}

TEST_CASE("special functions: known values") {
  CHECK(digamma(D::from({1.0})).item() == doctest::Approx(-0.57721566490153286).epsilon(1e-14));
  CHECK(polygamma(1, D::from({1.0})).item() == doctest::Approx(std::numbers::pi * std::numbers::pi / 6));
  CHECK(polygamma(1, D::from({-0.5})).item() == doctest::Approx(8.934802200544679).epsilon(1e-13));
  CHECK(polygamma(2, D::from({-0.5})).item() == doctest::Approx(-0.8287966442343200).epsilon(1e-12));
  CHECK(polygamma(0, D::from({2.0})) == digamma(D::from({2.0})));
  CHECK(near(lgamma(D::from({-1.5})).item(), 0.8600470153764810, 4));
  CHECK(lgamma(D::from({1, 2})) == D::from({0, 0}));
  CHECK(logit(D::from({0.25})).item() == doctest::Approx(-std::log(3)));
  CHECK(logit(D::from({0, 1}), 0.25).at(1) == doctest::Approx(std::log(3)));
  CHECK(logaddexp(D::from({-1000}), D::from({-1000})).item() == doctest::Approx(-1000 + std::log(2)));
  CHECK(logaddexp2(D::from({3}), D::from({3})).item() == 4);
  CHECK(sinc(D::from({0, 0.5})).at(1) == doctest::Approx(2 / std::numbers::pi));
  CHECK(logcumsumexp(D::from({{0, 0}, {-endless, 1}}), 1).at(0, 1) == doctest::Approx(std::log(2)));
  CHECK(logcumsumexp(D::from({-endless, -endless}), 0) == D::from({-endless, -endless}));
  CHECK(logspace<double>(0, 2, 3) == D::from({1, 10, 100}));
  CHECK(logspace<double>(1, 3, 2, -2) == D::from({-2, -8}));
  // As PyTorch: torch.logspace(0, 6.9, 9, 3.0, dtype=torch.uint8); integers wrap around.
  CHECK(logspace<std::uint8_t>(0, 6.9, 9, 3.0) ==
        Tensor<std::uint8_t>::from({1, 2, 5, 11, 27, 61, 140, 63, 217}));
  CHECK(tril_indices(2, 2) == I::from({{0, 1, 1}, {0, 0, 1}}));
  CHECK(triu_indices(2, 3, 1) == I::from({{0, 0, 1}, {1, 2, 2}}));
  CHECK(tril_indices(0, 3).shape() == Shape{2, 0});
  CHECK_THROWS_AS(static_cast<void>(triu_indices(-1, 3)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(logspace(0, 1, -1)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(polygamma(101, D())), OptionError);
  CHECK_THROWS_AS(static_cast<void>(logit(D(), 0.75)), OptionError);
}

TEST_CASE("special functions: infinities, NaN, poles and the ends of their domains") {
  const auto all_of = [](const D& y, const D& expected) {
    for (Index i = 0; i < y.numel(); ++i) {
      CAPTURE(i);
      const double a = y.data()[i];
      const double b = expected.data()[i];
      CHECK((std::isnan(b) ? std::isnan(a) : near(a, b, 2) && std::signbit(a) == std::signbit(b)));
    }
  };
  constexpr double pi = std::numbers::pi;
  const D edges = D::from({0, -0.0, endless, -endless, none, 1, -1});
  all_of(asin(edges), D::from({0, -0.0, none, none, none, pi / 2, -pi / 2}));
  all_of(acos(edges), D::from({pi / 2, pi / 2, none, none, none, 0, pi}));
  all_of(atan(edges), D::from({0, -0.0, pi / 2, -pi / 2, none, pi / 4, -pi / 4}));
  all_of(sinh(edges), D::from({0, -0.0, endless, -endless, none, 1.1752011936438014, -1.1752011936438014}));
  all_of(cosh(edges), D::from({1, 1, endless, endless, none, 1.5430806348152437, 1.5430806348152437}));
  all_of(asinh(edges),
         D::from({0, -0.0, endless, -endless, none, 0.88137358701954305, -0.88137358701954305}));
  all_of(acosh(edges), D::from({none, none, endless, none, none, 0, none}));
  all_of(atanh(edges), D::from({0, -0.0, none, none, none, endless, -endless}));
  all_of(exp2(edges), D::from({1, 1, endless, 0, none, 2, 0.5}));
  all_of(erf(edges), D::from({0, -0.0, 1, -1, none, 0.84270079294971489, -0.84270079294971489}));
  all_of(erfc(edges), D::from({1, 1, 0, 2, none, 0.15729920705028513, 1.8427007929497148}));
  all_of(erfinv(edges), D::from({0, -0.0, none, none, none, endless, -endless}));
  all_of(lgamma(edges), D::from({endless, endless, endless, endless, none, 0, endless}));
  all_of(digamma(D::from({0, -0.0, endless, -1, none})), D::from({-endless, endless, endless, none, none}));
  all_of(atan2(D::from({0, -0.0, 0, endless, endless, 1}), D::from({-1, -1, 0, endless, -endless, none})),
         D::from({pi, -pi, 0, pi / 4, 3 * pi / 4, none}));
  all_of(hypot(D::from({endless, 1e200, 0, none}), D::from({none, 1e200, 0, 1})),
         D::from({endless, 1.4142135623730951e200, 0, none}));
  all_of(exp2(D::from({1023, 1024, -1074, -1080})), D::from({0x1p1023, endless, 0x1p-1074, 0}));
  all_of(sinh(D::from({710})), D::from({1.1169973830808557e308}));
  all_of(logaddexp(D::from({endless, -endless, endless, none}), D::from({endless, -endless, -endless, 0})),
         D::from({endless, -endless, endless, none}));
  all_of(xlogy(D::from({0, 0, 0, 2, 1}), D::from({0, -1, none, 0, -1})),
         D::from({0, 0, none, -endless, none}));
  // What float cannot show is rounded from double.
  CHECK(asin(F::from({1})).item() == static_cast<float>(pi / 2));
}

TEST_CASE("signs, infinities and NaN") {
  CHECK(copysign(D::from({1, -2}), -0.0) == D::from({-1, -2}));
  CHECK(fmax(D::from({1, none}), D::from({none, 2})) == D::from({1, 2}));
  CHECK(fmin(I::from({1, 4}), 3) == I::from({1, 3}));
  CHECK(heaviside(D::from({-1, 0, 2, none}), 0.5) == D::from({0, 0.5, 1, 0}));
  CHECK(sgn(I::from({-3, 0})) == I::from({-1, 0}));
  CHECK(isposinf(D::from({endless, -endless, none})) == B::from({true, false, false}));
  CHECK(isneginf(D::from({endless, -endless, none})) == B::from({false, true, false}));
  constexpr double most = std::numeric_limits<double>::max();
  CHECK(nan_to_num(D::from({none, endless, -endless, 2})) == D::from({0, most, -most, 2}));
  CHECK(nan_to_num(D::from({none, endless, -endless}), endless, 1, none).at(0) == endless);
  CHECK(nan_to_num(I::from({7})) == I::from({7}));
  CHECK(nansum(D::from({{1, none}, {none, none}}), 1) == D::from({1, 0}));
  CHECK(nanmean(D::from({1, none, 4})).item() == 2.5);
  CHECK(std::isnan(nanmean(D::from({none})).item()));
  CHECK(nansum(I::from({1, 2})).item() == 3);
  CHECK(fmod(I::from({-7, 7}), 3) == I::from({-1, 1}));
  CHECK(fmod(D::from({-7}), 3) == D::from({-1}));
  CHECK(div(I::from({-7, 7}), 2, "trunc") == I::from({-3, 3}));
  CHECK(div(I::from({-7, 7}), 2, "floor") == I::from({-4, 3}));
  CHECK(div(D::from({-7}), 2, "trunc") == D::from({-3}));
  CHECK(float_power(I::from({2}), -1) == D::from({0.5}));
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  CHECK(div(I::from({least}), -1, "trunc") == I::from({least}));
  CHECK(fmod(I::from({least}), -1) == I::from({0}));
  CHECK_THROWS_AS(static_cast<void>(div(I::from({1}), 0, "trunc")), Error);
  CHECK_THROWS_AS(static_cast<void>(fmod(I::from({1}), 0)), Error);
  CHECK(message_of<OptionError>([] { static_cast<void>(div(I::from({1}), 1, "ceil")); }) ==
        "div expected rounding_mode to be one of \"trunc\" or \"floor\" but found \"ceil\"");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(fmax(D::zeros({2}), D::zeros({3})));
        }).starts_with("fmax: The size of tensor a (2) must match"));
}
