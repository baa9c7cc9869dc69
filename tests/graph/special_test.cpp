// Of graph/angles.hpp, special.hpp, signs.hpp and pairs.hpp.

#include <wick/graph/special.hpp>

#include "support/traced.hpp"

#include <wick/graph/angles.hpp>
#include <wick/graph/clamp.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/graph/signs.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::Values;

TEST_CASE("special functions: programs give the bits of the tape") {
  const auto each = [](auto f) {
    return [f](Values x) {
      for (double& v : x) v = f(v);
      return x;
    };
  };
  check_traced(
      {3}, [](const auto& x) { return asin(x * 0.5F) + acos(x * 0.5F) * atan(x); },
      each([](double v) { return std::asin(v / 2) + std::acos(v / 2) * std::atan(v); }));
  check_traced(
      {3}, [](const auto& x) { return asinh(sinh(x)) + acosh(cosh(x) + 1.0F) + atanh(x * 0.25F); },
      each([](double v) {
        return std::asinh(std::sinh(v)) + std::acosh(std::cosh(v) + 1) + std::atanh(v / 4);
      }));
  check_traced(
      {3}, [](const auto& x) { return exp2(x) + erf(x) * erfc(x) + erfinv(x * 0.25F) * 0.0F; },
      each([](double v) { return std::exp2(v) + std::erf(v) * std::erfc(v); }));
  check_traced(
      {3}, [](const auto& x) { return lgamma(x + 4.0F) + logit(x * 0.125F + 0.5F) + logaddexp(x, x * 2.0F); },
      each([](double v) {
        const double p = v / 8 + 0.5;
        return std::lgamma(v + 4) + std::log(p / (1 - p)) + std::log(std::exp(v) + std::exp(2 * v));
      }));
  check_traced(
      {3}, [](const auto& x) { return atan2(x, 0.5F) + hypot(2.0F, x) + fmod(x, x * 0.25F + 3.0F); },
      each([](double v) { return std::atan2(v, 0.5) + std::hypot(2.0, v) + std::fmod(v, v / 4 + 3); }));
  check_traced(
      {3},
      [](const auto& x) {
        return fmax(x, 0.5F) + fmin(x, 0.25F) + copysign(x, x - 1.0F) + heaviside(x, 0.5F);
      },
      each([](double v) {
        return std::fmax(v, 0.5) + std::fmin(v, 0.25) + std::copysign(v, v - 1) + (v < 0 ? 0 : 1);
      }));
  check_traced(
      {3},
      [](const auto& x) { return clamp(nan_to_num(log(x), -1, 2, -3), -0.5F, 0.5F) + div(x, 0.5F, "floor"); },
      each([](double v) {
        const double logarithm = v < 0 ? -1 : v == 0 ? -3 : std::log(v);
        return std::fmin(std::fmax(logarithm, -0.5), 0.5) + std::floor(v / 0.5);
      }));
}
