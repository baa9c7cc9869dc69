#include <wick/graph/statistics.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/graph/cumsum.hpp>
#include <wick/graph/join.hpp>
#include <wick/graph/matmul.hpp>
#include <wick/graph/parts.hpp>
#include <wick/graph/trace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::refusal_of;
using wick_tests::Values;

TEST_CASE("extremes, running sums and statistics of each row: programs give the bits of the tape") {
  check_traced(
      {3}, [](const auto& x) { return amax(x, 1, true) - amin(x, -1, true) * x; },
      [](const Values& x) {
        const auto [least, most] = std::minmax_element(x.begin(), x.end());
        return Values{*most - *least * x[0], *most - *least * x[1], *most - *least * x[2]};
      });
  check_traced(
      {3}, [](const auto& x) { return cumsum(x, 1); },
      [](const Values& x) {
        return Values{x[0], x[0] + x[1], x[0] + x[1] + x[2]};
      });
  check_traced(
      {2}, [](const auto& x) { return var(x, 1) + wick::std(x, 1, {.correction = 0}); },
      [](const Values& x) {
        const double d = x[0] - x[1];
        return Values{d * d / 2 + std::abs(d) / 2};
      });
  check_traced(
      {2}, [](const auto& x) { return norm(x, 2, 1) + norm(x, 1, -1) + logsumexp(x, 1); },
      [](const Values& x) {
        return Values{std::hypot(x[0], x[1]) + std::abs(x[0]) + std::abs(x[1]) +
                      std::log(std::exp(x[0]) + std::exp(x[1]))};
      });
  check_traced(
      {3},
      [](const auto& x) {
        return split(x, {1, 2}, 1)[1] * chunk(x, 3, 1)[0];
      },
      [](const Values& x) {
        return Values{x[1] * x[0], x[2] * x[0]};
      });
  check_traced(
      {2, 2}, [](const auto& x) { return tril(x) + triu(x, 1) * 2.0F; },
      [](const Values& x) {
        return Values{x[0], 2 * x[1], x[2], x[3]};
      });
}

TEST_CASE("What would need the number of samples is refused") {
  CHECK(wick_tests::contains(refusal_of<ShapeError>({3}, [](const auto& x) { return cumsum(x, 0); }),
                             "cumsum: a program does not know the number of samples"));
  CHECK(wick_tests::contains(refusal_of<ShapeError>({3}, [](const auto& x) { return var(x); }),
                             "mean: a program does not know the number of samples"));
  CHECK(wick_tests::contains(refusal_of<ShapeError>({3}, [](const auto& x) { return tril(x); }),
                             "tril: a program does not know the number of samples"));
  CHECK(wick_tests::contains(
      refusal_of<ShapeError>({3}, [](const auto& x) { return triu(transpose(x, 0, 1)); }),
      "triu: a program does not know the number of samples"));
}
