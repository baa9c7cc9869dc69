#include "support/recorded.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("log_softmax: rows of probabilities") {
  Recorder<double> recorder;
  const auto rows = sum(exp(log_softmax(recorder->input(numbers({3, 5}, 1, -30, 30)))), 1);
  for (Index i = 0; i < 3; ++i) CHECK(rows.value().at(i) == doctest::Approx(1));
  check_derivatives([](const Variables& v) { return log_softmax(v[0]); }, {numbers({3, 5}, 2)});
  check_derivatives([](const Variables& v) { return square(log_softmax(v[0])); }, {numbers({2, 2, 3}, 3)});
}
