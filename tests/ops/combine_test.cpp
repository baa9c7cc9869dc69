// Values are PyTorch's, see tests/conformance; here are types, misuse and variables.

#include <wick/ops/combine.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <type_traits>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

using D = Tensor<double>;
using I = Tensor<std::int64_t>;

}  // namespace

static_assert(std::is_same_v<decltype(addmm(I(), I(), I())), I>);
static_assert(std::is_same_v<decltype(addcmul(I(), I(), I(), 0.5)), Tensor<float>>);
static_assert(std::is_same_v<decltype(deg2rad(I())), Tensor<float>>);

TEST_CASE("combine: by their formulas") {
  const D x = D::from({1, -2.5});
  const D y = D::from({3, 0.5});
  CHECK(lerp(x, y, 0.25) == D::from({1.5, -1.75}));
  CHECK(lerp(x, y, 1) == y);
  CHECK(lerp(x, y, D::from({0.5, 1})) == D::from({2, 0.5}));
  CHECK(addcmul(x, y, y, 2) == D::from({19, -2}));
  CHECK(addcdiv(x, x, y, 3) == D::from({2, -17.5}));
  CHECK(mv(I::from({{1, 2}, {3, 4}}), I::from({1, 10})) == I::from({21, 43}));
  CHECK(addmm(I::from({1, 2}), I::from({{1, 2}, {3, 4}}), I::from({{1, 0}, {0, 1}}), 2, 10) ==
        I::from({{12, 24}, {32, 44}}));
  CHECK(addmv(I::from({1, 2}), I::from({{1, 2}, {3, 4}}), I::from({1, 10})) == I::from({22, 45}));
  CHECK(addr(I::full({}, 1), I::from({1, 2}), I::from({1, 10})) == I::from({{2, 11}, {3, 21}}));
  CHECK(frac(x) == D::from({0, -0.5}));
  CHECK(deg2rad(D::full({}, 180)).item() == doctest::Approx(3.141592653589793));
  CHECK(rad2deg(D::full({}, 3.141592653589793)).item() == doctest::Approx(180));
  // With beta = 0 nothing is read of x.
  const D nan = D::full({}, std::numeric_limits<double>::quiet_NaN());
  CHECK(addmv(nan, D::ones({1, 1}), D::from({2.0}), 0) == D::from({2.0}));
  CHECK(std::isnan(addmv(nan, D::ones({1, 1}), D::from({2.0})).item()));
}

TEST_CASE("combine: extremes, moments and closeness") {
  const D x = D::from({{1, -2.5, 0}, {4, 0, -1}});
  CHECK(rsub(x, x, 2) == -x);
  CHECK(aminmax(x).first.item() == -2.5);
  CHECK(aminmax(x, 1).second == D::from({1, 4}));
  CHECK(var_mean(x, 1).first == var(x, 1));
  CHECK(var_mean(x, 1, {.correction = 0, .keepdim = true}).second == mean(x, 1, true));
  CHECK(std_mean(x).first == wick::std(x));
  CHECK(count_nonzero(x).item() == 4);
  CHECK(count_nonzero(x, 0) == I::from({2, 1, 1}));
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double endless = std::numeric_limits<double>::infinity();
  const D a = D::from({1, 1, nan, endless, endless, 0});
  const D b = D::from({1 + 1e-6, 1 + 1e-4, nan, endless, -endless, 1e-9});
  CHECK(isclose(a, b) == Tensor<bool>::from({true, false, false, true, false, true}));
  const auto with_nan = isclose(a, b, {.equal_nan = true});
  CHECK(with_nan.data()[2]);
  CHECK(allclose(x, x));
  CHECK_FALSE(allclose(a, b));
  CHECK(isclose(D::from({5}), D::from({endless})) == Tensor<bool>::from({false}));
  CHECK_THROWS_AS(static_cast<void>(isclose(a, b, {.rtol = -1})), OptionError);
}

TEST_CASE("combine: derivatives of both orders") {
  const auto square = numbers({3, 3}, 1);
  const auto other = numbers({3, 3}, 2);
  const auto vector = numbers({3}, 3);
  check_derivatives([](const Variables& v) { return lerp(v[0], v[1], 0.75); }, {square, other});
  check_derivatives([](const Variables& v) { return lerp(v[0], v[1], v[2]); }, {square, other, vector});
  check_derivatives([](const Variables& v) { return addcmul(v[0], v[1], v[2], 0.5); },
                    {square, other, vector});
  check_derivatives([](const Variables& v) { return addcdiv(v[0], v[1], v[2] * v[2] + 1.0); },
                    {square, other, vector});
  check_derivatives([](const Variables& v) { return addmm(v[2], v[0], v[1], 2, 0.5); },
                    {square, other, vector});
  check_derivatives([](const Variables& v) { return addmv(v[1], v[0], v[1]); }, {square, vector});
  check_derivatives([](const Variables& v) { return addr(v[0], v[1], v[1]); }, {square, vector});
  check_derivatives(
      [](const Variables& v) {
        const auto [variance, average] = var_mean(v[0], 1);
        return rsub(variance, average, 2) + std_mean(v[0], 1).first + aminmax(v[0], 1).second;
      },
      {square});
  check_derivatives([](const Variables& v) { return frac(v[0]) + deg2rad(v[0]) * rad2deg(v[0]); }, {square});
}

TEST_CASE("combine: shapes that do not fit are refused") {
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(mv(D::zeros({2, 3}), D::zeros({2})));
        }) == "mv: expected a matrix (N, K) and a vector (K), got [2, 3] and [2]");
  CHECK(message_of<ShapeError>([] {
          static_cast<void>(addmm(D::zeros({2, 1, 3}), D::zeros({2, 3}), D::zeros({3, 3})));
        }) == "addmm: expected a tensor that broadcasts to [2, 3], got [2, 1, 3]");
  CHECK_THROWS_AS(static_cast<void>(addr(D::zeros({3}), D::zeros({2}), D::zeros({2}))), ShapeError);
}
