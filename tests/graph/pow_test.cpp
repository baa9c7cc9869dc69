#include <wick/graph/pow.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/graph/functions.hpp>
#include <wick/graph/remainder.hpp>
#include <wick/graph/trace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::refusal_of;
using wick_tests::Values;

TEST_CASE("pow, remainder: programs give the bits of the tape") {
  check_traced(
      {2}, [](const auto& x) { return pow(abs(x) + 0.5F, x); },
      [](const Values& x) {
        return Values{std::pow(std::abs(x[0]) + 0.5, x[0]), std::pow(std::abs(x[1]) + 0.5, x[1])};
      });
  // The operand that is computed last is the exponent, or the base.
  check_traced(
      {1}, [](const auto& x) { return pow(x, square(x) * 0.0F + 2.0F); },
      [](const Values& x) { return Values{x[0] * x[0]}; });
  check_traced(
      {1}, [](const auto& x) { return pow(x, 3.0F) + pow(2.0F, x); },
      [](const Values& x) { return Values{std::pow(x[0], 3) + std::exp2(x[0])}; });
  const auto floored = [](double a, double b) { return a - b * std::floor(a / b); };
  check_traced(
      {1}, [](const auto& x) { return (x * 4.0F) % 3.0F; },
      [&](const Values& x) { return Values{floored(4 * x[0], 3)}; });
  check_traced(
      {1}, [](const auto& x) { return 3.0F % (abs(x) + 4.0F) + x % (x * -8.0F); },
      [&](const Values& x) { return Values{3 + floored(x[0], -8 * x[0])}; });
}
