#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("sqrt, sin, cos, abs, sign: values of the C library, and derivatives") {
  const auto a = numbers({40}, 1, -3, 3);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto sine = sin(x);
  const auto cosine = cos(x);
  const auto size = abs(x);
  const auto root = sqrt(size);
  for (Index i = 0; i < a.numel(); ++i) {
    CHECK(sine.value().at(i) == doctest::Approx(std::sin(a.at(i))).epsilon(1e-14));
    CHECK(cosine.value().at(i) == doctest::Approx(std::cos(a.at(i))).epsilon(1e-14));
    CHECK(size.value().at(i) == std::abs(a.at(i)));
    CHECK(root.value().at(i) == std::sqrt(std::abs(a.at(i))));
  }
  CHECK(sign(recorder->constant(Tensor<double>::from({-3, 0, 2}))).tensor() ==
        Tensor<double>::from({-1, 0, 1}));
  check_derivatives([](const Variables& v) { return sin(v[0]) * cos(v[0] * 2.0); }, {a});
  check_derivatives([](const Variables& v) { return sqrt(v[0]); }, {numbers({5}, 2, 1, 2)});
  check_derivatives([](const Variables& v) { return abs(v[0]) * v[0] + sign(v[0]) * v[0]; },
                    {numbers({5}, 3, 1, 2)});
  check_derivatives([](const Variables& v) { return abs(v[0]) * v[0]; }, {numbers({5}, 3, -2, -1)});

  const auto zero = recorder->constant(Tensor<double>::from({0}), true);
  sum(abs(zero)).backward();
  CHECK(zero.grad().at(0) == 0);
}

TEST_CASE("Other functions of each element: values of the C library, and derivatives") {
  const auto a = numbers({40}, 4, 0.1, 3);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto check = [&](const auto& f, double (*expected)(double)) {
    const Var<double> y = f(x);
    for (Index i = 0; i < a.numel(); ++i)
      CHECK(y.value().at(i) == doctest::Approx(expected(a.at(i))).epsilon(1e-14));
    check_derivatives([&](const Variables& v) { return f(v[0]); }, {numbers({6}, 5, 0.2, 1.4)});
  };
  check([](const auto& v) { return expm1(v); }, [](double v) { return std::expm1(v); });
  check([](const auto& v) { return log1p(v); }, [](double v) { return std::log1p(v); });
  check([](const auto& v) { return log2(v); }, [](double v) { return std::log2(v); });
  check([](const auto& v) { return log10(v); }, [](double v) { return std::log10(v); });
  check([](const auto& v) { return tan(v); }, [](double v) { return std::tan(v); });
  check([](const auto& v) { return rsqrt(v); }, [](double v) { return 1 / std::sqrt(v); });
  check([](const auto& v) { return reciprocal(v); }, [](double v) { return 1 / v; });
}

TEST_CASE("Rounding: the nearest integers, and no gradient") {
  Recorder<double> recorder;
  const auto x = recorder->constant(Tensor<double>::from({-1.5, -0.5, 0.5, 1.75}), true);
  CHECK(floor(x).tensor() == Tensor<double>::from({-2, -1, 0, 1}));
  CHECK(ceil(x).tensor() == Tensor<double>::from({-1, -0.0, 1, 2}));
  CHECK(trunc(x).tensor() == Tensor<double>::from({-1, -0.0, 0, 1}));
  CHECK(round(x).tensor() == Tensor<double>::from({-2, -0.0, 0, 2}));
  sum(floor(x) + ceil(x) + trunc(x) + round(x) + x * 3.0).backward();
  CHECK(Tensor<double>(x.grad()) == Tensor<double>::from({3, 3, 3, 3}));
}
