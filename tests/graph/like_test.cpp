#include <wick/graph/like.hpp>

#include "support/traced.hpp"

#include <wick/autograd/like.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_traced;
using wick_tests::Values;

TEST_CASE("values of the shape of another: the same for all samples") {
  check_traced(
      {2}, [](const auto& x) { return x * full_like(x, 3) + ones_like(sum(x, 1, true)) + zeros_like(x); },
      [](const Values& x) {
        return Values{3 * x[0] + 1, 3 * x[1] + 1};
      });
  const auto x = requires_grad(Tensor<double>::zeros({2, 0}));
  CHECK(zeros_like(x).shape() == Shape{2, 0});
  CHECK(!zeros_like(x).requires_grad());
}

TEST_CASE("random values of the shape of a variable are those of tensors") {
  Recorder<float> recorder;
  Generator one(5);
  Generator other(5);
  recorder->set_generator(one);
  const auto t = Tensor<float>::zeros({3, 7});
  const auto x = recorder->input(t, true);
  CHECK(rand_like(x).tensor() == rand_like(t, other));
  CHECK(randn_like(x).tensor() == randn_like(t, other));
  CHECK(!randn_like(x).requires_grad());
  CHECK(randn_like(t, other).shape() == t.shape());
}
