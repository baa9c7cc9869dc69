#include <wick/graph/functions.hpp>

#include "support/traced.hpp"

#include <wick/graph/normalisation.hpp>
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
  check_traced(
      {5}, [](const auto& x) { return expm1(x) + log1p(square(x)); },
      each([](double v) { return std::expm1(v) + std::log1p(v * v); }));
  check_traced(
      {5}, [](const auto& x) { return log2(square(x) + 1.0F) - log10(square(x) + 1.0F); },
      each([](double v) { return std::log2(v * v + 1) - std::log10(v * v + 1); }));
  check_traced(
      {5}, [](const auto& x) { return tan(x * 0.5F); }, each([](double v) { return std::tan(v / 2); }));
  check_traced(
      {5}, [](const auto& x) { return rsqrt(square(x) + 1.0F) + reciprocal(square(x) + 1.0F); },
      each([](double v) { return 1 / std::sqrt(v * v + 1) + 1 / (v * v + 1); }));
  check_traced(
      {5}, [](const auto& x) { return floor(x) + ceil(x * 3.0F) + trunc(x * 4.0F) - round(x * 2.0F); },
      each([](double v) {
        return std::floor(v) + std::ceil(v * 3) + std::trunc(v * 4) - std::nearbyint(v * 2);
      }));
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
