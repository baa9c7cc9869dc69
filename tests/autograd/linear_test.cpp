#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/linear.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("linear: with what follows it in its epilogue") {
  const auto x = numbers({3, 4}, 1);
  const auto w = numbers({5, 4}, 2);
  const auto b = numbers({5}, 3);
  Recorder<double> recorder;
  const auto y = relu(linear(recorder->input(x), recorder->constant(w), recorder->constant(b))) * 2.0;
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 5; ++j) {
      double expected = b.at(j);
      for (Index k = 0; k < 4; ++k) expected += x.at(i, k) * w.at(j, k);
      CHECK(y.value().at(i, j) == doctest::Approx(expected > 0 ? 2 * expected : 0));
    }
  }
  check_derivatives([](const Variables& v) { return tanh(linear(v[0], v[1], v[2])); }, {x, w, b});
  check_derivatives([](const Variables& v) { return tanh(linear(v[0], v[1], v[2])); },
                    {numbers({2, 3, 4}, 4), w, b});
  // The gradient by x passes the functions before it.
  check_derivatives(
      [](const Variables& v) { return linear(tanh(linear(gelu_tanh(v[0]), v[1], v[2])), v[3], v[2]); },
      {x, w, b, numbers({5, 5}, 5)});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(linear(y, recorder->constant(w), recorder->constant(b)));
        }) == "linear: mat1 and mat2 shapes cannot be multiplied (3x5 and 4x5): input [3, 5], weight [5, 4]");
}
