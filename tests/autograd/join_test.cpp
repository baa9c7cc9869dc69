#include "support/allocations.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/ops/join.hpp>

#include <doctest/doctest.h>

#include <span>
#include <vector>

using namespace wick;
using wick_tests::allocations_in;
using wick_tests::check_derivatives;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("cat, stack: what the functions of tensors give, for any number of values") {
  Recorder<double> recorder;
  for (const Index dim : {Index{0}, Index{1}, Index{-1}}) {
    for (std::size_t count = 1; count < 12; ++count) {
      std::vector<Tensor<double>> tensors;
      std::vector<TensorArg<double>> parts;
      std::vector<TensorArg<double>> equal;
      std::vector<Var<double>> values;
      std::vector<Var<double>> equal_values;
      for (std::size_t i = 0; i < count; ++i) {
        Shape shape{2, 3, 2};
        if (dim == 0) shape = Shape{static_cast<Index>(i % 3), 3, 2};
        if (dim == 1) shape = Shape{2, static_cast<Index>(i % 4), 2};
        if (i % 5 == 4) shape = Shape{0};  // left out
        tensors.push_back(numbers(shape, i));
        tensors.push_back(numbers({2, 3, 2}, i));
      }
      for (std::size_t i = 0; i < tensors.size(); ++i) {
        (i % 2 == 0 ? parts : equal).emplace_back(tensors[i]);
        (i % 2 == 0 ? values : equal_values).push_back(recorder->constant(tensors[i]));
      }
      CHECK(cat(std::span<const Var<double>>(values), dim).tensor() ==
            cat<double>(std::span<const TensorArg<double>>(parts), dim));
      CHECK(stack(std::span<const Var<double>>(equal_values), dim).tensor() ==
            stack<double>(std::span<const TensorArg<double>>(equal), dim));
    }
  }
  CHECK(stack({sum(recorder->constant(numbers({2}, 1)))}).shape() == Shape{1});
}

TEST_CASE("cat, stack: derivatives") {
  check_derivatives(
      [](const Variables& v) {
        return square(cat({v[0], v[1], v[0] * 2.0, v[2]}, 1));
      },
      {numbers({2, 3}, 1), numbers({2, 1}, 2), numbers({0}, 3)});
  check_derivatives([](const Variables& v) { return square(cat(std::span<const Var<double>>(v))); },
                    {numbers({2}, 1), numbers({1}, 2), numbers({3}, 3), numbers({1}, 4), numbers({2}, 5)});
  check_derivatives(
      [](const Variables& v) {
        return square(stack({v[0], v[1], v[0] * v[1]}, 1));
      },
      {numbers({2, 2}, 1), numbers({2, 2}, 2)});
  Recorder<double> recorder;
  const auto a = numbers({4, 3}, 1);
  const auto step = [&] {
    const auto x = recorder->input(a, true);
    sum(square(cat({x, x, tanh(x), x, x}, 1))).backward();
  };
  step();
  CHECK(allocations_in(step) == 0);
}

TEST_CASE("cat, stack: shapes that do not fit") {
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({4, 3}, 1), true);
  const auto y = recorder->constant(numbers({2, 4}, 2));
  const auto says = [&](auto f, const char* text) {
    CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(f()); }), text));
  };
  says(
      [&] {
        return cat({x, y});
      },
      "cat: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor "
      "number 1 in the list");
  says([&] { return cat({x, x, x, x, y}); }, "for tensor number 4 in the list");
  says([&] { return cat({x, sum(y, 0)}); }, "cat: Tensors must have same number of dimensions: got 2 and 1");
  says([&] { return cat({x, sum(y)}); }, "zero-dimensional tensor (at position 1) cannot be concatenated");
  says([&] { return cat(std::span<const Var<double>>()); }, "expected a non-empty list");
  says(
      [&] {
        return stack({x, y});
      },
      "stack expects each tensor to be equal size, but got [4, 3] at entry 0 and [2, 4] at entry 1");
  CHECK_THROWS_AS(static_cast<void>(cat({x, x}, 2)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(stack({x, x}, 3)), IndexError);
}

TEST_CASE("split, chunk: parts along a dimension, and derivatives") {
  const auto a = numbers({2, 5}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto parts = split(x, 2, 1);
  REQUIRE(parts.size() == 3);
  CHECK(parts[2].tensor() == split(a, 2, 1)[2]);
  CHECK(chunk(x, 2, -1)[1].tensor() == chunk(a, 2, -1)[1]);
  check_derivatives(
      [](const Variables& v) {
        const auto of = split(v[0], {1, 4}, 1);
        return of[0] * square(of[1]);
      },
      {a});
  CHECK_THROWS_AS(static_cast<void>(split(x, {1, 3}, 1)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(chunk(x, 0)), ShapeError);
}
