#include <wick/graph/products.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::refusal_of;
using wick_tests::Values;

TEST_CASE("prod and cumprod: programs give the bits of the tape") {
  check_traced(
      {3, 2}, [](const auto& x) { return cumprod(x, 1); },
      [](const Values& x) {
        return Values{x[0], x[1], x[0] * x[2], x[1] * x[3], x[0] * x[2] * x[4], x[1] * x[3] * x[5]};
      });
  check_traced(
      {3, 2},
      [](const auto& x) {
        return prod(x, {1, -1});
      },
      [](const Values& x) { return Values{x[0] * x[1] * x[2] * x[3] * x[4] * x[5]}; });
  CHECK(wick_tests::contains(refusal_of<ShapeError>({3}, [](const auto& x) { return cumprod(x, 0); }),
                             "cumprod"));
}
