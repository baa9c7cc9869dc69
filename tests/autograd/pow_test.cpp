#include <wick/autograd/pow.hpp>

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

TEST_CASE("pow: values of the C library, and derivatives by both operands") {
  const auto a = numbers({2, 3}, 1, 0.3, 2);
  const auto b = numbers({3}, 2, -2, 2);
  Recorder<double> recorder;
  const auto y = pow(recorder->input(a), recorder->constant(b));
  for (Index i = 0; i < 2; ++i) {
    for (Index k = 0; k < 3; ++k)
      CHECK(y.value().at(i, k) == doctest::Approx(std::pow(a.at(i, k), b.at(k))).epsilon(1e-14));
  }
  check_derivatives([](const Variables& v) { return pow(v[0], v[1]); }, {a, b});
  check_derivatives([](const Variables& v) { return pow(v[1], v[0]); }, {b, a});  // the order counts
  check_derivatives([](const Variables& v) { return pow(2.5, v[0]); }, {b});
  for (const double p : {-2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0, 3.7})
    check_derivatives([&](const Variables& v) { return pow(v[0], p); }, {a});
  // Of negative numbers too.
  for (const double p : {2.0, 3.0, 4.0, -1.0})
    check_derivatives([&](const Variables& v) { return pow(v[0], p); }, {numbers({4}, 3, -2, -1)});
}

TEST_CASE("pow: derivatives at 0 are PyTorch's") {
  // torch.autograd.grad(x ** p, (x, p), torch.ones(6)), PyTorch 2.13
  Recorder<double> recorder;
  const auto x = recorder->constant(Tensor<double>::from({0, 0, 0, 0, -2, 0}), true);
  const auto p = recorder->constant(Tensor<double>::from({0, 1, 2, 0.5, 2, -1}), true);
  sum(pow(x, p)).backward();
  const double infinity = std::numeric_limits<double>::infinity();
  const Tensor<double> by_x(x.grad());
  CHECK(by_x == Tensor<double>::from({0, 1, 0, infinity, -4, -infinity}));
  const Tensor<double> by_p(p.grad());
  for (Index i = 0; i < 4; ++i) CHECK(by_p.at(i) == 0);
  CHECK(std::isnan(by_p.at(4)));
  CHECK(by_p.at(5) == -infinity);

  const auto z = recorder->constant(Tensor<double>::from({0, 3}), true);
  sum(pow(z, 0.0) + z).backward();
  CHECK(Tensor<double>(z.grad()) == Tensor<double>::from({1, 1}));
}
