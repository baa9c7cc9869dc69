#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("broadcast: repeated elements and their sums") {
  const auto a = numbers({3, 1}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto y = expand(x, {2, 3, 4});
  for (Index i = 0; i < 2; ++i) {
    for (Index j = 0; j < 3; ++j) {
      for (Index k = 0; k < 4; ++k) CHECK(y.value().at(i, j, k) == a.at(j, 0));
    }
  }
  const auto back = sum_to(y, {3, 1});
  for (Index j = 0; j < 3; ++j) CHECK(back.value().at(j, 0) == doctest::Approx(8 * a.at(j, 0)));
  CHECK(sum_to(recorder->constant(numbers({1, 1, 3}, 2)), {3}).shape() == Shape{3});
  check_derivatives([](const Variables& v) { return square(expand(v[0], {2, 3, 4})); }, {a});
  check_derivatives([](const Variables& v) { return square(sum_to(v[0], {4})); }, {numbers({2, 3, 4}, 3)});
  check_derivatives([](const Variables& v) { return square(sum_to(v[0], {3, 1})); }, {numbers({2, 3, 4}, 3)});
  check_derivatives(
      [](const Variables& v) {
        return square(reshape(v[0] * v[0], {2, 6}));
      },
      {numbers({3, 4}, 4)});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(expand(x, {4, 4}));
        }) == "expand: shape [3, 1] does not broadcast to [4, 4]");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(reshape(x, {4})); }) ==
        "reshape: shape [4] is invalid for input of size 3 with shape [3, 1]");
}
