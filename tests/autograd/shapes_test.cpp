#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/ops/shapes.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("narrow, permute and other shapes: what the functions of tensors give") {
  const auto a = numbers({4, 1, 3, 5}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  CHECK(narrow(x, 0, 1, 2).tensor() == narrow(a, 0, 1, 2));
  CHECK(narrow(x, 2, -2, 2).tensor() == narrow(a, 2, -2, 2));
  CHECK(narrow(x, -1, 4, 0).tensor() == narrow(a, -1, 4, 0));
  CHECK(narrow(x, -1, 0, 5).tensor() == a);
  CHECK(permute(x, {3, 0, -2, 1}).tensor() == permute(a, {3, 0, 2, 1}));
  CHECK(transpose(x, 0, -1).tensor() == transpose(a, 0, -1));
  CHECK(flatten(x, 1).tensor() == Tensor<double>(flatten(a, 1)));
  CHECK(squeeze(x).tensor() == Tensor<double>(squeeze(a)));
  CHECK(squeeze(x, 0).shape() == a.shape());
  CHECK(unsqueeze(x, -1).tensor() == Tensor<double>(unsqueeze(a, -1)));
  CHECK(permute(sum(x), {}).shape() == Shape{});
  CHECK(unsqueeze(sum(x), 0).shape() == Shape{1});
}

TEST_CASE("narrow, permute: derivatives") {
  check_derivatives([](const Variables& v) { return square(narrow(v[0], 1, 1, 2)); },
                    {numbers({2, 4, 2}, 1)});
  check_derivatives(
      [](const Variables& v) {
        return square(permute(v[0], {2, 0, 1})) * v[1];
      },
      {numbers({2, 3, 2}, 1), numbers({2, 2, 3}, 2)});
  check_derivatives([](const Variables& v) { return square(transpose(v[0], 0, 1)) * unsqueeze(v[1], 0); },
                    {numbers({2, 3}, 1), numbers({2}, 2)});
}

TEST_CASE("narrow, permute: what is not there") {
  Recorder<double> recorder;
  const auto x = recorder->input(numbers({4, 3}, 1));
  const auto index_error = [&](auto f, const char* text) {
    CHECK(contains(message_of<IndexError>([&] { static_cast<void>(f()); }), text));
  };
  index_error([&] { return narrow(x, 1, 2, 2); },
              "narrow: start (2) + length (2) exceeds dimension size (3).");
  index_error([&] { return narrow(x, 1, -4, 1); },
              "start out of range (expected to be in range of [-3, 3], but got -4)");
  index_error([&] { return narrow(x, 2, 0, 1); }, "Dimension out of range");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(narrow(x, 0, 0, -1)); }) ==
        "narrow(): length must be non-negative, got -1");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(narrow(sum(x), 0, 0, 1)); }) ==
        "narrow() cannot be applied to a 0-dim tensor.");
  CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(permute(x, {0})); }), "len(dims) = 1"));
  CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(permute(x, {0, 0})); }), "duplicate dims"));
  CHECK_THROWS_AS(static_cast<void>(transpose(x, 0, 2)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(flatten(x, 1, 0)), ShapeError);
}
