#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/layer_norm.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("layer_norm: rows of mean 0 and variance 1") {
  const auto a = numbers({3, 21}, 1);
  const auto weight = numbers({21}, 2);
  const auto bias = numbers({21}, 3);
  Recorder<double> recorder;
  const auto y = layer_norm(recorder->input(a), recorder->constant(weight), recorder->constant(bias), 0.01);
  for (Index i = 0; i < 3; ++i) {
    double mean = 0;
    double variance = 0;
    for (Index k = 0; k < 21; ++k) mean += a.at(i, k) / 21;
    for (Index k = 0; k < 21; ++k) variance += (a.at(i, k) - mean) * (a.at(i, k) - mean) / 21;
    for (Index k = 0; k < 21; ++k) {
      const double expected = (a.at(i, k) - mean) / std::sqrt(variance + 0.01) * weight.at(k) + bias.at(k);
      CHECK(y.value().at(i, k) == doctest::Approx(expected).epsilon(1e-10));
    }
  }
  check_derivatives([](const Variables& v) { return layer_norm(v[0], v[1], v[2]); },
                    {numbers({2, 5}, 4), numbers({5}, 5), numbers({5}, 6)});
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(layer_norm(y, recorder->constant(numbers({4}, 1)), recorder->constant(bias)));
        }).starts_with("layer_norm: Given normalized_shape=[4], expected input with shape [*, 4], but got"));
}
