#include <wick/graph/functions.hpp>

#include "support/traced.hpp"

#include <wick/graph/reductions.hpp>
#include <wick/graph/trace.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::refusal_of;
using wick_tests::Values;

namespace {

template <class F>
auto each(const F& f) {
  return [f](Values x) {
    for (double& v : x) v = f(v);
    return x;
  };
}

}  // namespace

TEST_CASE("functions of elements: programs give the bits of the tape") {
  check_traced(
      {5}, [](const auto& x) { return sqrt(square(x) + 1.0F); },
      each([](double v) { return std::sqrt(v * v + 1); }));
  check_traced(
      {5}, [](const auto& x) { return sin(x); }, each([](double v) { return std::sin(v); }));
  check_traced(
      {5}, [](const auto& x) { return cos(x); }, each([](double v) { return std::cos(v); }));
  check_traced(
      {5}, [](const auto& x) { return abs(x); }, each([](double v) { return std::abs(v); }));
  check_traced(
      {5}, [](const auto& x) { return sign(relu(x)) - x.detach(); },
      each([](double v) { return (v > 0 ? 1 : 0) - v; }));
}

TEST_CASE("softmax: of each row, wherever the samples are") {
  const auto truth = [](Values x) {
    double sum = 0;
    for (double& v : x) sum += v = std::exp(v);
    for (double& v : x) v /= sum;
    return x;
  };
  check_traced(
      {5}, [](const auto& x) { return softmax(x); }, truth);
  check_traced(
      {1, 5}, [](const auto& x) { return softmax(x); }, truth);
  check_traced(
      {5}, [](const auto& x) { return transpose(softmax(transpose(transpose(x, 0, 1), 1, 0)), 0, -2); },
      truth);
}

TEST_CASE("dropout: nothing in a program, with the check of its probability") {
  check_traced(
      {3}, [](const auto& x) { return dropout(x, 0.0); }, [](const Values& x) { return x; });
  CHECK(refusal_of<OptionError>({3}, [](const auto& x) { return dropout(x, 2.0); }) ==
        "dropout probability has to be between 0 and 1, but got 2.0");
}
