#include <wick/autograd/softmax.hpp>

#include "support/recorded.hpp"

#include <wick/autograd.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("softmax: rows of sum 1, and derivatives") {
  const auto a = numbers({3, 4}, 1);
  Recorder<double> recorder;
  const auto y = softmax(recorder->input(a));
  for (Index i = 0; i < 3; ++i) {
    double total = 0;
    for (Index k = 0; k < 4; ++k) total += std::exp(a.at(i, k));
    for (Index k = 0; k < 4; ++k)
      CHECK(y.value().at(i, k) == doctest::Approx(std::exp(a.at(i, k)) / total).epsilon(1e-14));
  }
  check_derivatives([](const Variables& v) { return softmax(v[0]); }, {a});
  check_derivatives([](const Variables& v) { return softmax(v[0], 0); }, {a});
  check_derivatives([](const Variables& v) { return square(softmin(v[0], 1)); }, {numbers({2, 19}, 2)});
}
