#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

// Each element by itself, computed without a tape.
template <class F, class Truth>
void check_values(const F& f, const Truth& truth, const Tensor<double>& x) {
  Recorder<double> recorder;
  const auto y = f(recorder->input(x));
  for (Index i = 0; i < x.numel(); ++i)
    CHECK(y.value().data()[i] == doctest::Approx(truth(x.data()[i])).epsilon(1e-12));
}

double gelu(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
}

}  // namespace

TEST_CASE("elementwise: functions of one operand") {
  // 19 elements: whole vectors and a rest on every level.
  const auto any = numbers({19}, 1);
  const auto positive = numbers({19}, 2, 0.2, 3);
  check_values([](const auto& x) { return exp(x); }, [](double x) { return std::exp(x); }, any);
  check_values([](const auto& x) { return log(x); }, [](double x) { return std::log(x); }, positive);
  check_values([](const auto& x) { return tanh(x); }, [](double x) { return std::tanh(x); }, any);
  check_values([](const auto& x) { return sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); },
               any);
  check_values([](const auto& x) { return relu(x); }, [](double x) { return x > 0 ? x : 0; }, any);
  check_values([](const auto& x) { return gelu_tanh(x); }, gelu, any);
  check_values([](const auto& x) { return square(x); }, [](double x) { return x * x; }, any);
  check_values([](const auto& x) { return 3.0 - x * 2.0 / 4.0 + 1.0; }, [](double x) { return 4 - x / 2; },
               any);
  check_values([](const auto& x) { return 3.0 / x - x / 3.0; }, [](double x) { return 3 / x - x / 3; },
               positive);
  check_derivatives([](const Variables& v) { return exp(v[0]); }, {any});
  check_derivatives([](const Variables& v) { return log(v[0]); }, {positive});
  check_derivatives([](const Variables& v) { return tanh(v[0]); }, {any});
  check_derivatives([](const Variables& v) { return sigmoid(v[0]); }, {any});
  check_derivatives([](const Variables& v) { return relu(v[0]) * v[0]; }, {any});
  check_derivatives([](const Variables& v) { return gelu_tanh(v[0]); }, {any});
  check_derivatives([](const Variables& v) { return square(v[0]); }, {any});
  check_derivatives([](const Variables& v) { return square(2.0 - v[0] * 3.0) / 7.0; }, {any});
  check_derivatives([](const Variables& v) { return 2.0 / v[0]; }, {positive});
}

TEST_CASE("elementwise: a quotient by a number is rounded once") {
  const auto x = Tensor<float>::from({1, 2, 5, 7, 11});
  Recorder<float> recorder;
  const auto third = recorder->input(x) / 3.0F;
  for (Index i = 0; i < 5; ++i) CHECK(third.value().at(i) == x.at(i) / 3.0F);
}

TEST_CASE("elementwise: tensors on both sides of a variable") {
  const auto a = numbers({2, 3}, 10, 0.5, 2);
  const auto t = numbers({3}, 11, 0.5, 2);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto sum = t + x + t;
  const auto difference = t - x - t;
  const auto product = t * x * t;
  const auto quotient = t / x / t;
  for (Index i = 0; i < 2; ++i) {
    for (Index j = 0; j < 3; ++j) {
      CHECK(sum.value().at(i, j) == t.at(j) + a.at(i, j) + t.at(j));
      CHECK(difference.value().at(i, j) == t.at(j) - a.at(i, j) - t.at(j));
      CHECK(product.value().at(i, j) == t.at(j) * a.at(i, j) * t.at(j));
      CHECK(quotient.value().at(i, j) == t.at(j) / a.at(i, j) / t.at(j));
    }
  }
}

TEST_CASE("elementwise: operands of equal and of other shapes") {
  const auto a = numbers({3, 4}, 3);
  const auto b = numbers({3, 4}, 4, 0.5, 2);
  const auto row = numbers({4}, 5, 0.5, 2);
  const auto column = numbers({3, 1}, 6, 0.5, 2);
  for (const auto& other : {b, row, column}) {
    check_derivatives([](const Variables& v) { return v[0] + v[1] * v[0]; }, {a, other});
    check_derivatives([](const Variables& v) { return v[0] - v[1] * v[1]; }, {a, other});
    check_derivatives([](const Variables& v) { return v[0] / v[1]; }, {a, other});
    check_derivatives([](const Variables& v) { return v[1] / (v[1] + square(v[0])); }, {a, other});
  }
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto y = recorder->constant(row);
  const auto difference = x - y;
  const auto quotient = y / x;
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 4; ++j) {
      CHECK(difference.value().at(i, j) == a.at(i, j) - row.at(j));
      CHECK(quotient.value().at(i, j) == row.at(j) / a.at(i, j));
    }
  }
  CHECK(message_of<ShapeError>([&] { static_cast<void>(x + recorder->constant(numbers({3}, 1))); }) ==
        "add: The size of tensor a (4) must match the size of tensor b (3) at non-singleton dimension 1 "
        "(shapes "
        "[3, 4] and [3])");
}

TEST_CASE("elementwise: whatever was put off, and in whatever order values are asked for") {
  const auto a = numbers({5, 7}, 7);
  const auto b = numbers({5, 7}, 8, 0.5, 2);
  const auto f = [](const Var<double>& x, const Var<double>& y) {
    const auto left = tanh(x);
    const auto right = exp(y);             // both are used twice, and one after the other put off
    const auto difference = left - right;  // right waits, left is there
    const auto quotient = right / difference;
    return quotient * left + relu(difference) * right - x / square(right);
  };
  Recorder<double> recorder;
  const auto result = f(recorder->input(a), recorder->constant(b));
  for (Index i = 0; i < a.numel(); ++i) {
    const double l = std::tanh(a.data()[i]);
    const double r = std::exp(b.data()[i]);
    const double d = l - r;
    const double expected = r / d * l + (d > 0 ? d : 0) * r - a.data()[i] / (r * r);
    CHECK(result.value().data()[i] == doctest::Approx(expected).epsilon(1e-11));
  }
  check_derivatives([&](const Variables& v) { return f(v[0], v[1]); }, {a, b});
  // More in a row than are fused.
  const auto chain = [](Var<double> x) {
    for (int i = 0; i < 20; ++i) x = tanh(x) + 0.1 * x;
    return x;
  };
  check_derivatives([&](const Variables& v) { return chain(v[0]); }, {numbers({3}, 9)});
}
