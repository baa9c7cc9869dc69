#include <wick/ops/functions.hpp>
#include <wick/ops/pow.hpp>

#include "support/allocations.hpp"
#include "support/op_cases.hpp"
#include "support/throws.hpp"
#include "support/vector_levels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

using namespace wick;
using wick_tests::check_result;
using wick_tests::for_each_case;
using wick_tests::message_of;
using wick_tests::OpCase;
using wick_tests::with_type;

namespace {

using F = Tensor<float>;
using D = Tensor<double>;
using I = Tensor<std::int64_t>;
using B = Tensor<bool>;

// Within `units` in the last place of float or double.
template <class Function>
void cases(const char* operation, double units, Function f, double absolute = 0) {
  for_each_case(operation, [&](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (std::is_invocable_v<Function, Tensor<T>>) {
        const auto y = f(c.input<T>());
        const bool single = c.expected[0].dtype() == DType::f32;
        // Numbers below those that are normal have fewer digits.
        check_result(y, c.expected[0], units * (single ? 0x1p-23 : 0x1p-52),
                     (std::max)(absolute, single ? 3e-45 : 1e-323));
      } else {
        FAIL("not compiled for this type");
      }
    });
  });
}

template <class X>
concept has_abs = requires(const X& x) {
  wick::abs(x);
};
template <class X>
concept has_floor = requires(const X& x) {
  wick::floor(x);
};
static_assert(has_abs<F> && has_abs<I> && !has_abs<B> && has_floor<D> && has_floor<I> && !has_floor<B>);
static_assert(std::is_same_v<decltype(wick::exp(I{})), F> && std::is_same_v<decltype(wick::exp(D{})), D>);

}  // namespace

TEST_CASE("functions are PyTorch's, at each level of vector instructions") {
  wick_tests::at_each_vector_level([] {
    cases("exp", 2, [](const auto& x) { return exp(x); });
    cases("expm1", 3, [](const auto& x) { return expm1(x); });
    // Where e^-x overflows it is 0, as PyTorch's of floats.
    cases(
        "sigmoid", 4, [](const auto& x) { return sigmoid(x); }, 0x1p-126);
    cases("tanh", 3, [](const auto& x) { return tanh(x); });
  });
  cases("log", 1, [](const auto& x) { return log(x); });
  cases("log1p", 3, [](const auto& x) { return log1p(x); });
  cases("log2", 2, [](const auto& x) { return log2(x); });
  cases("log10", 3, [](const auto& x) { return log10(x); });
  cases("sin", 1.5, [](const auto& x) { return sin(x); });
  cases("cos", 1.5, [](const auto& x) { return cos(x); });
  cases("tan", 3, [](const auto& x) { return tan(x); });
  cases("sqrt", 0, [](const auto& x) { return sqrt(x); });
  cases("rsqrt", 1, [](const auto& x) { return rsqrt(x); });
  cases("reciprocal", 0, [](const auto& x) { return reciprocal(x); });
  const auto numbers = [](auto f) {
    return [f](const auto& x) requires has_abs<decltype(x)> { return f(x); };
  };
  cases("abs", 0, numbers([](const auto& x) { return abs(x); }));
  cases("sign", 0, numbers([](const auto& x) { return sign(x); }));
  cases("square", 0, numbers([](const auto& x) { return square(x); }));
  cases("relu", 0, numbers([](const auto& x) { return relu(x); }));
  const auto floats = [](auto f) {
    return [f](const auto& x) requires has_floor<decltype(x)> { return f(x); };
  };
  cases("floor", 0, floats([](const auto& x) { return floor(x); }));
  cases("ceil", 0, floats([](const auto& x) { return ceil(x); }));
  cases("trunc", 0, floats([](const auto& x) { return trunc(x); }));
  cases("round", 0, floats([](const auto& x) { return round(x); }));
  cases("isnan", 0, [](const auto& x) { return isnan(x); });
  cases("isinf", 0, [](const auto& x) { return isinf(x); });
  cases("isfinite", 0, [](const auto& x) { return isfinite(x); });
}

TEST_CASE("functions against long double, over their whole range") {
  // Steps that meet no multiple of anything.
  D x({4001});
  for (Index i = 0; i < x.numel(); ++i) x.data()[i] = static_cast<double>(i - 2000) * 0.177245385090551603;
  const auto worst = [&](const D& y, auto f) {
    double most = 0;
    for (Index i = 0; i < x.numel(); ++i) {
      const long double exact = f(static_cast<long double>(x.data()[i]));
      const auto error =
          static_cast<double>(std::abs((static_cast<long double>(y.data()[i]) - exact) / exact));
      most = exact == 0 ? most : (std::max)(most, error);
    }
    return most;
  };
  CHECK(worst(sin(x), [](long double v) { return std::sin(v); }) < 0x1p-52);
  CHECK(worst(cos(x), [](long double v) { return std::cos(v); }) < 0x1p-52);
  CHECK(worst(tanh(x), [](long double v) { return std::tanh(v); }) < 3 * 0x1p-53);
  CHECK(worst(exp(x), [](long double v) { return std::exp(v); }) < 3 * 0x1p-53);
  for (double& v : x.span()) v = std::ldexp(v, 30);
  CHECK(worst(sin(x), [](long double v) { return std::sin(v); }) < 1.5 * 0x1p-52);
  for (double& v : x.span()) v = std::ldexp(v, 970 - 39);
  CHECK(worst(cos(x), [](long double v) { return std::cos(v); }) < 1.5 * 0x1p-52);
}

TEST_CASE("powers are PyTorch's") {
  for_each_case("pow_number", [](const OpCase& c) {
    with_type(c.given[0], [&]<class T>(T) {
      if constexpr (!std::is_same_v<T, bool>) {
        const Tensor<T> x = c.input<T>();
        if (c.arguments[0] == 1) {
          check_result(pow(x, static_cast<int>(c.arguments[1])), c.expected[0]);
        } else {
          check_result(pow(x, c.arguments[1]), c.expected[0], Floating<T> && sizeof(T) == 8 ? 2e-15 : 3e-7,
                       3e-45);
        }
      }
    });
  });
  for_each_case("pow", [](const OpCase& c) {
    with_type(c.given[0], [&]<class A>(A) {
      with_type(c.given[1], [&]<class E>(E) {
        if constexpr (!std::is_same_v<A, bool> && !std::is_same_v<E, bool>) {
          const bool twice = c.expected[0].dtype() == DType::f64;
          check_result(pow(c.input<A>(0), c.input<E>(1)), c.expected[0], twice ? 4e-15 : 3e-7, 3e-45);
        }
      });
    });
  });
  CHECK(message_of<Error>([] {
          static_cast<void>(pow(I::from({1, 2}), -1));
        }) == "pow: Integers to negative integer powers are not allowed.");
}

TEST_CASE("results in memory that is there, or of a temporary, cost no allocation") {
  const F x = F::from({{-1, 0, 1}, {2, 3, 4}});
  F out({2, 3});
  CHECK(wick_tests::allocations_in([&] {
          exp_out(out, x);
          log_out(out.view(), out);
          tanh_out(out.view(), x);
          sigmoid_out(out, x);
          sqrt_out(out.view(), out);
          relu_out(out.view(), x);
        }) == 0);
  CHECK(out == F::from({{0, 0, 1}, {2, 3, 4}}));
  F y;
  CHECK(wick_tests::allocations_in([&] { y = sqrt(exp(x)); }) == 1);
  CHECK_THROWS_AS(exp_out(out.view(), x.rows(0, 1)), ShapeError);
}
