#include <wick/graph/select.hpp>

#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/graph/parts.hpp>
#include <wick/graph/reductions.hpp>
#include <wick/graph/trace.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::contains;
using wick_tests::refusal_of;
using wick_tests::Values;

TEST_CASE("maximum, minimum: programs give the bits of the tape") {
  check_traced(
      {2}, [](const auto& x) { return maximum(x, -x) - minimum(x * 2.0F, x); },
      [](const Values& x) {
        Values y;
        for (const double v : x) y.push_back(std::abs(v) - (v < 0 ? 2 * v : v));
        return y;
      });
  check_traced(
      {2}, [](const auto& x) { return minimum(maximum(x, -1.0F), 0.5F); },
      [](const Values& x) {
        return Values{std::clamp(x[0], -1.0, 0.5), std::clamp(x[1], -1.0, 0.5)};
      });
  // Each row beside its sum.
  check_traced(
      {2}, [](const auto& x) { return maximum(sum(x, 1, true), x); },
      [](const Values& x) {
        return Values{std::max(x[0] + x[1], x[0]), std::max(x[0] + x[1], x[1])};
      });
}

TEST_CASE("maximum, minimum: the second of two zeros, also where the second operand is computed last") {
  const ParameterBlock<float> none;
  Workspace<float> workspace;
  const auto zeros = Tensor<float>::zeros({1, 1});
  const auto negative = [&](const auto& f) {
    const auto program = trace(f, none, Shape{1});
    return std::signbit(program(none.values(), zeros, workspace).data()[0]);
  };
  CHECK(negative([](const auto& x) { return maximum(x, x * -1.0F); }));
  CHECK(negative([](const auto& x) { return minimum(x, x * -1.0F); }));
  CHECK_FALSE(negative([](const auto& x) { return maximum(x * -1.0F, x); }));
  CHECK_FALSE(negative([](const auto& x) { return minimum(x * -1.0F, x); }));
}

TEST_CASE("where: by a mask that is the same for all samples") {
  const auto mask = Tensor<bool>::from({true, false, true});
  check_traced(
      {3}, [&](const auto& x) { return where(mask, x, exp(x)); },
      [](const Values& x) {
        return Values{x[0], std::exp(x[1]), x[2]};
      });
  check_traced(
      {3}, [&](const auto& x) { return where(mask, x, 4.0F); },
      [](const Values& x) {
        return Values{x[0], 4, x[2]};
      });
  check_traced(
      {3}, [&](const auto& x) { return where(mask, 4.0F, x) * 2.0F; },
      [](const Values& x) {
        return Values{8, 2 * x[1], 8};
      });
  // What is not taken does not show.
  check_traced(
      {3}, [&](const auto& x) { return where(mask, x, x / 0.0F); },
      [](const Values& x) {
        return Values{x[0], x[1] / 0.0, x[2]};
      });
  const Tensor<bool> column(unsqueeze(mask, 1));
  check_traced(
      {2}, [&](const auto& x) { return where(column, unsqueeze(x, 1), 0.0F); },
      [](const Values& x) { return Values{x[0], x[1], 0, 0, x[0], x[1]}; });
}

TEST_CASE("where, maximum: shapes that do not fit") {
  const auto mask = Tensor<bool>::from({true, false});
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return where(mask, x, 1.0F); }), "where"));
  CHECK(contains(refusal_of<ShapeError>({3}, [&](const auto& x) { return maximum(x, narrow(x, 1, 0, 2)); }),
                 "The size of tensor a (3) must match the size of tensor b (2)"));
}
