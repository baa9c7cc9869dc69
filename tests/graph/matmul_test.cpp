#include <wick/graph/matmul.hpp>

#include "support/traced.hpp"

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::Values;

TEST_CASE("matmul: batches on the right, by samples and not, give the bits of the tape") {
  // X X^T of each sample, a matrix of two rows.
  check_traced(
      {2, 2}, [](const auto& x) { return matmul(x, transpose(x, 1, 2)); },
      [](const Values& x) {
        const double mixed = x[0] * x[2] + x[1] * x[3];
        return Values{x[0] * x[0] + x[1] * x[1], mixed, mixed, x[2] * x[2] + x[3] * x[3]};
      });
}
