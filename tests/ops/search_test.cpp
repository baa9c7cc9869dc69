#include <wick/ops/search.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace wick;
using wick_tests::message_of;

using D = Tensor<double>;
using I = Tensor<std::int64_t>;
using B = Tensor<bool>;

TEST_CASE("searchsorted and bucketize: counts of what is less") {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const D sorted = D::from({1, 2, 2, 5});
  const D x = D::from({0, 2, 6, none});
  CHECK(searchsorted(sorted, x) == I::from({0, 1, 4, 4}));
  CHECK(searchsorted(sorted, x, true) == I::from({0, 3, 4, 4}));
  CHECK(bucketize(x, sorted, true) == searchsorted(sorted, x, true));
  CHECK(searchsorted(I::from({{1, 3}, {5, 7}}), I::from({{4, 0}, {4, 6}})) == I::from({{2, 0}, {0, 1}}));
  CHECK(searchsorted(D::zeros({0}), x) == I::zeros({4}));
  CHECK(searchsorted(sorted, D::full({}, 3)).item() == 3);
  CHECK_THROWS_AS(static_cast<void>(searchsorted(D::zeros({2, 1}), D::zeros({3, 1}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(searchsorted(D::zeros({}), x)), ShapeError);
  CHECK(message_of<ShapeError>([&] {
          static_cast<void>(bucketize(x, D::zeros({1, 1})));
        }) == "bucketize: boundaries tensor must be 1 dimension, but got dim(2)");
}

TEST_CASE("bincount and isin: what occurs") {
  const I x = I::from({1, 3, 1});
  CHECK(bincount(x) == I::from({0, 2, 0, 1}));
  CHECK(bincount(x, 6) == I::from({0, 2, 0, 1, 0, 0}));
  CHECK(bincount(x, D::from({0.5, 2, 1})) == D::from({0, 1.5, 0, 2}));
  CHECK(bincount(I({0}), 2) == I::zeros({2}));
  CHECK_THROWS_AS(static_cast<void>(bincount(I::from({-1}))), IndexError);
  CHECK_THROWS_AS(static_cast<void>(bincount(I::from({std::numeric_limits<std::int64_t>::max()}))),
                  IndexError);
  CHECK_THROWS_AS(static_cast<void>(bincount(I::zeros({1, 1}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(bincount(x, -1)), OptionError);
  CHECK_THROWS_AS(static_cast<void>(bincount(x, D::zeros({2}))), ShapeError);
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  CHECK(isin(D::from({1, 2, none}), D::from({none, 2})) == B::from({false, true, false}));
  CHECK(isin(I::from({1, 2}), I({0}), true) == B::from({true, true}));
}
