#include <wick/autograd/products.hpp>

#include "support/recorded.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::numbers;
using wick_tests::Variables;

using D = Tensor<double>;

namespace {

/// The gradient of the sum of f(x) by x.
template <class F>
D gradient(const F& f, const D& at) {
  Recorder<double> recorder;
  const auto x = recorder->input(at, true);
  sum(f(x)).backward();
  return D(x.grad());
}

}  // namespace

TEST_CASE("prod and cumprod: values, and derivatives of both orders, also beside zeros") {
  Recorder<double> recorder;
  const auto x = recorder->input(D::from({{1, 2, 3}, {4, 5, 6}}));
  CHECK(prod(x).item() == 720);
  CHECK(prod(x, 1).tensor() == D::from({6, 120}));
  CHECK(prod(x, {0, 1}, true).tensor() == D::full({1, 1}, 720));
  CHECK(prod(x, 0, true).tensor() == D::from({{4, 10, 18}}));
  CHECK(cumprod(x, 1).tensor() == D::from({{1, 2, 6}, {4, 20, 120}}));
  CHECK(prod(recorder->constant(D::zeros({0}))).item() == 1);
  CHECK(prod(recorder->constant(D::zeros({2, 0})), 1).tensor() == D::ones({2}));

  D holes = numbers({2, 3, 2}, 1);
  holes.data()[0] = holes.data()[4] = holes.data()[9] = 0;
  for (const D& a : {numbers({2, 3, 2}, 1), holes}) {
    for (const Index dim : {0, 1, -1}) {
      check_derivatives([&](const Variables& v) { return cumprod(v[0], dim); }, {a});
      check_derivatives([&](const Variables& v) { return prod(v[0], dim); }, {a});
    }
    check_derivatives([](const Variables& v) { return prod(v[0], {0, 2}, true); }, {a});
    check_derivatives([](const Variables& v) { return prod(v[0]); }, {a});
    check_derivatives([](const Variables& v) { return cumprod(square(cumprod(v[0], 1)), 0); }, {a});
  }
  check_derivatives([](const Variables& v) { return cumprod(v[0], 0) * prod(v[0], -1) * v[0]; },
                    {numbers({}, 2)});
  // The product of the others, whatever the factor.
  CHECK(gradient([](const auto& v) { return prod(v); }, D::from({0, 2, 3})) == D::from({6, 0, 0}));
  CHECK(gradient([](const auto& v) { return prod(v); }, D::from({0, 2, 0})) == D::zeros({3}));
  CHECK(gradient([](const auto& v) { return cumprod(v, 0); }, D::from({2, 0, 3})) == D::from({1, 8, 0}));
  CHECK(gradient([](const auto& v) { return prod(v, 0); }, D::zeros({0, 2})).shape() == Shape{0, 2});
  CHECK(gradient([](const auto& v) { return cumprod(v, 0); }, D::zeros({0})).shape() == Shape{0});
  CHECK_THROWS_AS(static_cast<void>(cumprod(x, 2)), IndexError);
}
