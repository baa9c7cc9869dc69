#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("reductions: sums and means along dimensions") {
  const auto a = numbers({2, 3, 4}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  double total = 0;
  for (const double e : a.span()) total += e;
  CHECK(sum(x).item() == doctest::Approx(total));
  CHECK(sum(x).shape() == Shape{});
  CHECK(mean(x).item() == doctest::Approx(total / 24));
  CHECK(sum(x, 1).shape() == Shape{2, 4});
  CHECK(sum(x, {0, -1}).shape() == Shape{3});
  CHECK(sum(x, {0, -1}, true).shape() == Shape{1, 3, 1});
  CHECK(sum(x, Axes::all(), true).shape() == Shape{1, 1, 1});
  const auto middle = mean(x, 1);
  for (Index i = 0; i < 2; ++i) {
    for (Index j = 0; j < 4; ++j)
      CHECK(middle.value().at(i, j) == doctest::Approx((a.at(i, 0, j) + a.at(i, 1, j) + a.at(i, 2, j)) / 3));
  }
  const auto first = sum(x, {0, 1});
  for (Index j = 0; j < 4; ++j) {
    double expected = 0;
    for (Index i = 0; i < 6; ++i) expected += a.data()[i * 4 + j];
    CHECK(first.value().at(j) == doctest::Approx(expected));
  }
  for (const Axes& axes : {Axes(0), Axes(1), Axes(-1), Axes({0, 1}), Axes({0, 2}), Axes::all()}) {
    check_derivatives([&](const Variables& v) { return sum(square(v[0]), axes); }, {a});
    check_derivatives([&](const Variables& v) { return square(mean(v[0], axes, true)) * v[0]; }, {a});
  }
  CHECK(message_of<IndexError>([&] { static_cast<void>(sum(x, 3)); }) ==
        "sum: Dimension out of range (expected to be in range of [-3, 2], but got 3)");
}
