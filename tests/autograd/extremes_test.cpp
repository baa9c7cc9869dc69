#include <wick/autograd/extremes.hpp>

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

TEST_CASE("amax, amin: along dimensions, and derivatives") {
  const auto a = numbers({2, 3, 4}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  CHECK(amax(x).tensor() == amax(a));
  CHECK(amin(x, {0, 2}).tensor() == amin(a, {0, 2}));
  CHECK(amax(x, -1, true).tensor() == amax(a, -1, true));
  CHECK((max)(x).tensor() == amax(a));
  CHECK((min)(x).tensor() == amin(a));
  check_derivatives([](const Variables& v) { return square(amax(v[0], 1)); }, {a});
  check_derivatives([](const Variables& v) { return square(amin(v[0], {0, 2}, true)) * v[0]; }, {a});
  CHECK(contains(message_of<IndexError>([&] { static_cast<void>(amax(x, 3)); }), "Dimension out of range"));
  CHECK(contains(
      message_of<ShapeError>([&] { static_cast<void>(amax(recorder->constant(Tensor<double>(Shape{0})))); }),
      "Expected reduction dim to be specified for input.numel() == 0"));
}

TEST_CASE("amax shares the gradient among equal elements, max along a dimension gives it to one") {
  // x = torch.tensor([[1., 5., 5.], [2., 2., 2.]]), PyTorch 2.13
  Recorder<double> recorder;
  const auto make = [&] { return recorder->constant(Tensor<double>::from({{1, 5, 5}, {2, 2, 2}}), true); };
  const auto shared = make();
  sum(amax(shared, 1)).backward();
  CHECK(shared.grad().at(0, 1) == 0.5);
  CHECK(shared.grad().at(1, 0) == 1.0 / 3);
  const auto whole = make();
  (max)(whole).backward();
  CHECK(Tensor<double>(whole.grad()) == Tensor<double>::from({{0, 0.5, 0.5}, {0, 0, 0}}));
  const auto one = make();
  const auto [values, indices] = (max)(one, 1);
  CHECK(values.tensor() == Tensor<double>::from({5, 2}));
  CHECK(indices == Tensor<std::int64_t>::from({1, 0}));
  sum(values).backward();
  CHECK(Tensor<double>(one.grad()) == Tensor<double>::from({{0, 1, 0}, {1, 0, 0}}));
}

TEST_CASE("max, min along a dimension: values and indices of the tensor, and derivatives") {
  const auto a = numbers({3, 4}, 2);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto largest = (max)(x, 0, true);
  CHECK(largest.values.tensor() == (max)(a, 0, true).values);
  CHECK(largest.indices == (max)(a, 0, true).indices);
  const auto least = (min)(x, -1);
  CHECK(least.values.tensor() == (min)(a, -1).values);
  CHECK(least.indices == (min)(a, -1).indices);
  check_derivatives([](const Variables& v) { return square((max)(v[0], 1).values); }, {a});
  check_derivatives([](const Variables& v) { return square((min)(v[0], 0, true).values) * v[0]; }, {a});
  CHECK_THROWS_AS(static_cast<void>((max)(x, 2)), IndexError);
}
