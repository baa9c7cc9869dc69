#include <wick/autograd/cumsum.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("cumsum: along dimensions, and derivatives") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({{1, 2, 3}, {4, 5, 6}}));
  CHECK(cumsum(x, 1).tensor() == Tensor<double>::from({{1, 3, 6}, {4, 9, 15}}));
  CHECK(cumsum(x, -2).tensor() == Tensor<double>::from({{1, 2, 3}, {5, 7, 9}}));
  for (const Index dim : {0, 1, -1}) {
    check_derivatives([&](const Variables& v) { return square(cumsum(v[0], dim)); }, {numbers({2, 3, 2}, 1)});
  }
  CHECK_THROWS_AS(static_cast<void>(cumsum(x, 2)), IndexError);
}
