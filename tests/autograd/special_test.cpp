// Of autograd/angles.hpp, special.hpp, signs.hpp and pairs.hpp: derivatives of both orders, and at the edges.

#include <wick/autograd/special.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/angles.hpp>
#include <wick/autograd/clamp.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/pairs.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/signs.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

using D = Tensor<double>;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double endless = std::numeric_limits<double>::infinity();

template <class F>
void of_one(const F& f, double low, double high) {
  const D a = numbers({7}, 1, low, high);
  Recorder<double> recorder;
  CHECK(f(recorder->constant(a)).tensor() == f(a));
  check_derivatives([&](const Variables& v) { return f(v[0]); }, {a});
}
template <class F>
void of_two(const F& f, double low, double high) {
  const D a = numbers({3, 2}, 1, low, high);
  const D b = numbers({2}, 2, low, high);
  Recorder<double> recorder;
  const auto x = recorder->constant(a);
  const auto y = recorder->constant(b);
  CHECK(f(x, y).tensor() == f(a, b));
  CHECK(f(x, 0.75).tensor() == f(a, 0.75));
  CHECK(f(0.75, x).tensor() == f(0.75, a));
  check_derivatives([&](const Variables& v) { return f(v[0], v[1]); }, {a, b});
  check_derivatives([&](const Variables& v) { return f(square(v[0]), square(v[1]) + v[1]); }, {a, b});
  CHECK_THROWS_AS(static_cast<void>(f(x, recorder->constant(D::zeros({3})))), ShapeError);
}

/// The gradients of the sum of f(x, y) by both.
template <class F>
std::vector<D> gradients(const F& f, const D& a, const D& b) {
  Recorder<double> recorder;
  const auto x = recorder->input(a, true);
  const auto y = recorder->constant(b, true);
  sum(f(x, y) + x * 0.0 + y * 0.0).backward();
  return {D(x.grad()), D(y.grad())};
}
template <class F>
D gradient(const F& f, const D& a) {
  Recorder<double> recorder;
  const auto x = recorder->input(a, true);
  sum(f(x)).backward();
  return D(x.grad());
}

}  // namespace

TEST_CASE("functions of one element: values of tensors, and derivatives of both orders") {
  of_one([](const auto& x) { return asin(x); }, -0.9, 0.9);
  of_one([](const auto& x) { return acos(x); }, -0.9, 0.9);
  of_one([](const auto& x) { return atan(x); }, -3, 3);
  of_one([](const auto& x) { return sinh(x); }, -2, 2);
  of_one([](const auto& x) { return cosh(x); }, -2, 2);
  of_one([](const auto& x) { return asinh(x); }, -2, 2);
  of_one([](const auto& x) { return acosh(x); }, 1.5, 3);
  of_one([](const auto& x) { return atanh(x); }, -0.9, 0.9);
  of_one([](const auto& x) { return sinc(x); }, 0.3, 2);
  of_one([](const auto& x) { return exp2(x); }, -2, 2);
  of_one([](const auto& x) { return erf(x); }, -2, 2);
  of_one([](const auto& x) { return erfc(x); }, -2, 2);
  of_one([](const auto& x) { return erfinv(x); }, -0.9, 0.9);
  of_one([](const auto& x) { return lgamma(x); }, 0.3, 4);
  of_one([](const auto& x) { return lgamma(x); }, -2.8, -2.2);
  of_one([](const auto& x) { return digamma(x); }, 0.5, 4);
  of_one([](const auto& x) { return polygamma(2, x); }, 0.7, 4);
  of_one([](const auto& x) { return logit(x); }, 0.1, 0.9);
  of_one([](const auto& x) { return logit(x, 0.3); }, 0.35, 0.65);
  of_one([](const auto& x) { return nan_to_num(x); }, -2, 2);
  of_one([](const auto& x) { return sgn(x); }, 0.1, 2);
}

TEST_CASE("functions of two elements: values of tensors, and derivatives of both orders") {
  of_two([](const auto& x, const auto& y) { return atan2(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return hypot(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return logaddexp(x, y); }, -2, 2);
  of_two([](const auto& x, const auto& y) { return logaddexp2(x, y); }, -2, 2);
  of_two([](const auto& x, const auto& y) { return xlogy(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return copysign(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return fmax(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return fmin(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return fmod(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return heaviside(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return floor_divide(x, y); }, 0.3, 2);
  of_two([](const auto& x, const auto& y) { return div(x, y, "trunc"); }, 0.3, 2);
  Recorder<double> recorder;
  const auto x = recorder->input(D::from({-3.5, 3.5}));
  CHECK(div(x, 2, "floor").tensor() == D::from({-2, 1}));
  CHECK(message_of<OptionError>([&] { static_cast<void>(div(x, x, "round")); }) ==
        "div expected rounding_mode to be one of \"trunc\" or \"floor\" but found \"round\"");
  CHECK(float_power(x, 2).tensor() == D::from({12.25, 12.25}));
}

TEST_CASE("derivatives at the edges are PyTorch's") {
  CHECK(gradient([](const auto& x) { return sinc(x); }, D::from({0.0})) == D::from({0.0}));
  const auto of = [](const auto& f, const D& a, const D& b) { return gradients(f, a, b); };
  // Of equal ones the first; none beside a NaN.
  const auto most = of([](const auto& x, const auto& y) { return nan_to_num(fmax(x, y)); },
                       D::from({1, 2, none, 3}), D::from({1, 3, 1, none}));
  CHECK(most[0].data()[0] == 1);
  CHECK(most[0].data()[1] == 0);
  CHECK(most[1].data()[0] == 0);
  CHECK(most[1].data()[1] == 1);
  const auto least =
      of([](const auto& x, const auto& y) { return fmin(x, y); }, D::from({1, 2, 3}), D::from({1, 3, 1}));
  CHECK(least[0] == D::from({1, 1, 0}));
  CHECK(least[1] == D::from({0, 0, 1}));
  check_derivatives([](const Variables& v) { return square(clamp(v[0], v[1], 0.5)); },
                    {numbers({3, 2}, 1), numbers({2}, 2)});
  const auto bounded = of([](const auto& x, const auto& y) { return clamp(x, y, 2); },
                          D::from({1, 0, 1.5, 2, 3}), D::from({1, 1, 1, 1, 1}));
  CHECK(bounded[0] == D::from({1, 0, 1, 1, 0}));
  CHECK(bounded[1] == D::from({0, 1, 0, 0, 0}));
  const auto signs = of([](const auto& x, const auto& y) { return copysign(x, y); }, D::from({2, -2, 0}),
                        D::from({-1, -1, -1}));
  CHECK(signs[0] == D::from({-1, 1, 0}));
  CHECK(signs[1] == D::zeros({3}));
  const auto logs =
      of([](const auto& x, const auto& y) { return xlogy(x, y); }, D::from({0, 0}), D::from({-1, 2}));
  CHECK(logs[0] == D::from({0, std::log(2)}));
  CHECK(gradient([](const auto& x) { return nan_to_num(x, 5.0); }, D::from({1, none, endless, -endless})) ==
        D::from({1, 0, 0, 0}));
  CHECK(gradient([](const auto& x) { return nansum(square(x)); }, D::from({1, 2})) == D::from({2, 4}));
  CHECK(gradient([](const auto& x) { return nansum(x); }, D::from({1, none})) == D::from({1, 0}));
  CHECK(gradient([](const auto& x) { return nanmean(x, 0); }, D::from({1, none, 4, 0})) ==
        D::from({1.0 / 3, 0, 1.0 / 3, 1.0 / 3}));
  Recorder<double> recorder;
  const auto x = recorder->input(D::from({1, none}));
  CHECK_THROWS_AS(static_cast<void>(masked_fill(x, Tensor<bool>::full({}, true), x)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(nan_to_num(x, 0, none)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(polygamma(-1, x)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(logit(x, 0.6)), OptionError);
}
