// Values are PyTorch's too, see tests/conformance; here are formulas, misuse and variables.

#include <wick/ops/rank.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

using D = Tensor<double>;
using I = Tensor<std::int64_t>;

constexpr double none = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("ranks: medians, the k-th, the most frequent, extremes so far") {
  const I x = I::from({{3, 1, 2, 2}, {5, 9, 5, 7}});
  CHECK(median(x).item() == 3);
  CHECK(median(x, 1).values == I::from({2, 5}));
  CHECK(median(x, 1).indices == I::from({2, 2}));
  CHECK(median(x, 0, true).values == I::from({{3, 1, 2, 2}}));
  CHECK(kthvalue(x, 4).values == I::from({3, 9}));
  CHECK(kthvalue(x, 1, 0).indices == I::from({0, 0, 0, 0}));
  CHECK(mode(x).values == I::from({2, 5}));
  CHECK(mode(x).indices == I::from({3, 2}));
  CHECK(cummax(x, 1).values == I::from({{3, 3, 3, 3}, {5, 9, 9, 9}}));
  CHECK(cummin(x, 1).indices == I::from({{0, 1, 1, 1}, {0, 0, 2, 2}}));
  CHECK(median(I::full({}, 4), 0).values.item() == 4);
  const D y = D::from({2, none, 1, none});
  CHECK(std::isnan(median(y).item()));
  CHECK(median(y, 0).indices.item() == 1);
  CHECK(std::isnan(cummax(y, 0).values.at(2)));
  CHECK(cummin(y, 0).indices == I::from({0, 1, 1, 3}));
  CHECK(kthvalue(y, 2, 0).values.item() == 2);
}

TEST_CASE("quantiles: between elements, and beside NaN") {
  const D x = D::from({{4, 1, 3, 2}, {0, 10, none, 5}});
  CHECK(quantile(x, 0.5, 1).at(0) == 2.5);
  CHECK(std::isnan(quantile(x, 0, 1).at(1)));
  const std::vector<double> q{0, 0.25, 1};
  const D of = quantile(narrow(x, 0, 0, 1), q, 1);
  CHECK(of == D::from({1, 1.75, 4}).reshape({3, 1}));
  CHECK(quantile(x, q, 0, true).shape() == Shape{3, 1, 4});
  const D row = D::from({4, 1, 3, 2});
  CHECK(quantile(row, 0.4, 0, false, "lower").item() == 2);
  CHECK(quantile(row, 0.4, 0, false, "higher").item() == 3);
  CHECK(quantile(row, 0.5, 0, false, "nearest").item() == 3);
  CHECK(quantile(row, 0.4, 0, false, "midpoint").item() == 2.5);
  CHECK(quantile(row, 0.9) == quantile(row, 0.9, 0));
  CHECK_THROWS_AS(static_cast<void>(quantile(row, 1.5)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(quantile(row, none)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(quantile(row, 0.5, 0, false, "upper")), OptionError);
  CHECK_THROWS_AS(static_cast<void>(quantile(D::zeros({2, 0}), 0.5, 1)), IndexError);
}

TEST_CASE("ranks: derivatives, and what is refused") {
  const D a = numbers({2, 5}, 1);
  check_derivatives([](const Variables& v) { return square(median(v[0], 1).values); }, {a});
  check_derivatives([](const Variables& v) { return square(median(v[0])); }, {a});
  check_derivatives([](const Variables& v) { return square(kthvalue(v[0], 2, 0).values); }, {a});
  check_derivatives([](const Variables& v) { return square(mode(v[0], -1, true).values); }, {a});
  check_derivatives(
      [](const Variables& v) { return square(cummax(v[0], 1).values - cummin(v[0], 0).values); }, {a});
  check_derivatives([](const Variables& v) { return square(quantile(v[0], 0.3, 1)); }, {a});
  check_derivatives([](const Variables& v) { return square(quantile(v[0], v[1], 1)); },
                    {a, D::from({0.1, 0.7})});
  CHECK(message_of<ShapeError>([&] { static_cast<void>(kthvalue(a, 6)); }) ==
        "kthvalue(): selected number k out of range for dimension -1, got 6 for shape [2, 5]");
  CHECK_THROWS_AS(static_cast<void>(kthvalue(a, 0)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(median(D::zeros({0}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(median(D::zeros({2, 0}), 1)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(mode(a, 2)), IndexError);
  CHECK(cummax(D::zeros({2, 0}), 1).values.shape() == Shape{2, 0});
}
