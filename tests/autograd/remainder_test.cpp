#include <wick/autograd/remainder.hpp>

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

TEST_CASE("remainder: of the divisor's sign, and derivatives") {
  Recorder<double> recorder;
  const auto x = recorder->input(Tensor<double>::from({-3, -2, -1, 1, 2, 3}));
  CHECK((x % 2.0).tensor() == Tensor<double>::from({1, 0, 1, 1, 0, 1}));  // torch.remainder's own example
  CHECK((x % -1.5).tensor() == Tensor<double>::from({0, -0.5, -1, -0.5, -1, 0}));
  CHECK((7.0 % x).tensor() == Tensor<double>::from({-2, -1, 0, 0, 1, 1}));
  const auto a = numbers({2, 3}, 1, 2, 3);
  const auto b = numbers({3}, 2, 0.6, 0.9);
  check_derivatives([](const Variables& v) { return v[0] % v[1]; }, {a, b});
  check_derivatives([](const Variables& v) { return exp(v[0]) % v[1] * v[0]; }, {a, b});
}
