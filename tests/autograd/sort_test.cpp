#include <wick/autograd/sort.hpp>

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

TEST_CASE("sort, topk: order and indices of the tensor, and derivatives") {
  const auto a = numbers({3, 5}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto sorted = sort(x, 0, true);
  CHECK(sorted.values.tensor() == sort(a, 0, true).values);
  CHECK(sorted.indices == sort(a, 0, true).indices);
  const auto top = topk(x, 2);
  CHECK(top.values.tensor() == topk(a, 2).values);
  CHECK(top.indices == topk(a, 2).indices);
  const auto weights = numbers({3, 5}, 2);
  check_derivatives([&](const Variables& v) { return square(sort(v[0]).values) * weights; }, {a});
  check_derivatives([&](const Variables& v) { return square(topk(v[0], 2, 0, false).values); }, {a});
  CHECK_THROWS_AS(static_cast<void>(topk(x, 6)), ShapeError);
}

TEST_CASE("masked_select: the elements where the mask holds, and derivatives") {
  const Tensor<bool> mask = Tensor<bool>::from({true, false, true}).reshape({3, 1});
  const auto a = numbers({3, 2}, 1);
  Recorder<double> recorder;
  const auto y = masked_select(recorder->input(a), mask);
  CHECK(y.tensor() == Tensor<double>::from({a.at(0, 0), a.at(0, 1), a.at(2, 0), a.at(2, 1)}));
  check_derivatives([&](const Variables& v) { return square(masked_select(v[0], mask)); }, {a});
  const Tensor<bool> none = Tensor<bool>::from({false, false});
  CHECK(masked_select(recorder->input(a), none).shape() == Shape{0});
  CHECK_THROWS_AS(static_cast<void>(masked_select(recorder->input(a), Tensor<bool>(Shape{3}))), ShapeError);
}
