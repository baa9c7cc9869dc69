#include <wick/autograd/statistics.hpp>

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

TEST_CASE("var, std, norm, logsumexp: values of the tensor, and derivatives") {
  const auto a = numbers({3, 4}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto near = [](const Var<double>& got, const Tensor<double>& expected) {
    REQUIRE(got.shape() == expected.shape());
    for (Index i = 0; i < expected.numel(); ++i)
      CHECK(got.value().data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-13));
  };
  near(var(x), var(a));
  near(var(x, 1, {.correction = 0, .keepdim = true}), var(a, 1, {.correction = 0, .keepdim = true}));
  near(wick::std(x, 0), wick::std(a, 0));
  near(logsumexp(x, {0, 1}), logsumexp(a, {0, 1}));
  near(logsumexp(x, -1, true), logsumexp(a, -1, true));
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double p : {2.0, 1.0, 0.0, 3.5, -1.0, infinity, -infinity}) {
    near(norm(x, p), norm(a, p));
    near(norm(x, p, 1, true), norm(a, p, 1, true));
    check_derivatives([&](const Variables& v) { return norm(v[0], p, 1); }, {a});
  }
  check_derivatives([](const Variables& v) { return var(v[0], 1); }, {a});
  check_derivatives([](const Variables& v) { return wick::std(v[0], 0, {.correction = 0}); }, {a});
  check_derivatives([](const Variables& v) { return logsumexp(v[0], 1); }, {a});
}

TEST_CASE("Where a norm or a deviation is 0, so is its derivative") {
  Recorder<double> recorder;
  for (const double p : {2.0, 3.0}) {
    const auto x = recorder->constant(Tensor<double>::zeros({3}), true);
    norm(x, p).backward();
    CHECK(Tensor<double>(x.grad()) == Tensor<double>::zeros({3}));
  }
  const auto same = recorder->constant(Tensor<double>::full({4}, 2), true);
  const auto deviation = wick::std(same);
  CHECK(deviation.item() == 0);
  deviation.backward();
  CHECK(Tensor<double>(same.grad()) == Tensor<double>::zeros({4}));
}

TEST_CASE("var of one element, logsumexp of large numbers and of infinities") {
  Recorder<double> recorder;
  CHECK(std::isnan(var(recorder->constant(Tensor<double>::from({3}))).item()));
  const double infinity = std::numeric_limits<double>::infinity();
  const auto of = [&](double a, double b) {
    return logsumexp(recorder->constant(Tensor<double>::from({a, b})), 0).item();
  };
  CHECK(of(1000, 1000) == doctest::Approx(1000 + std::log(2)));
  CHECK(of(-infinity, 1) == 1);
  CHECK(of(-infinity, -infinity) == -infinity);
  CHECK(of(infinity, 1) == infinity);
}
