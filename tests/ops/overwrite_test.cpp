// Values are PyTorch's too, see tests/conformance; here are formulas, misuse, variables and programs.

#include <wick/ops/overwrite.hpp>

#include "support/recorded.hpp"
#include "support/throws.hpp"
#include "support/traced.hpp"

#include <wick/autograd.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::check_traced;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Values;
using wick_tests::Variables;

namespace {

using D = Tensor<double>;
using I = Tensor<std::int64_t>;

}  // namespace

TEST_CASE("overwrite: elements and slices, the last one stays") {
  const I x = I::from({{1, 2, 3}, {4, 5, 6}});
  CHECK(scatter(x, 1, I::from({{2, 0}}), I::from({{70, 80}})) == I::from({{80, 2, 70}, {4, 5, 6}}));
  CHECK(scatter(x, 0, I::from({{1, 1, 0}}), 9) == I::from({{1, 2, 9}, {9, 9, 6}}));
  CHECK(scatter(x, 1, I::from({{0, 0}}), I::from({{7, 8}})) == I::from({{8, 2, 3}, {4, 5, 6}}));
  CHECK(scatter(x, 1, I({0, 0}), x) == x);
  CHECK(index_copy(x, 1, I::from({-1, 0}), I::from({{1, 2}, {3, 4}})) == I::from({{2, 2, 1}, {4, 5, 3}}));
  CHECK(index_copy(I::full({}, 3), 0, I::from({0}), I::full({}, 4)) == I::full({}, 4));
  CHECK(index_fill(x, 0, I::from({1}), 0) == I::from({{1, 2, 3}, {0, 0, 0}}));
  CHECK(index_fill(x, -1, I::from({-1}), I::full({}, 9)) == I::from({{1, 2, 9}, {4, 5, 9}}));
  CHECK(take(x, I::from({{-1, 0}})) == I::from({{6, 1}}));
  CHECK(take(D::zeros({0}), I({0})).numel() == 0);
  const I rows = I::from({1, 0});
  const I cols = I::from({2, 2});
  const std::vector<TensorArg<std::int64_t>> both{rows, cols};
  CHECK(index_put(x, both, I::from({7, 8})) == I::from({{1, 2, 8}, {4, 5, 7}}));
  const std::vector<TensorArg<std::int64_t>> one{cols};
  const I again = I::from({1, 1});
  const std::vector<TensorArg<std::int64_t>> twice{again};
  CHECK(index_put(x, twice, I::full({}, 10), true) == I::from({{1, 2, 3}, {24, 25, 26}}));
  CHECK_THROWS_AS(static_cast<void>(index_put(x, one, I::full({}, 1))), IndexError);
}

TEST_CASE("scatter_reduce: with what is there, and without") {
  const I x = I::from({1, 5, 3});
  const I index = I::from({0, 0, 1});
  const I source = I::from({4, 2, 2});
  CHECK(scatter_reduce(x, 0, index, source, "sum") == I::from({7, 7, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "sum", false) == I::from({6, 2, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "amax") == I::from({4, 5, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "amax", false) == I::from({4, 2, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "amin", false) == I::from({2, 2, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "prod") == I::from({8, 10, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "prod", false) == I::from({8, 2, 3}));
  CHECK(scatter_reduce(x, 0, index, source, "mean") == I::from({2, 3, 3}));
  CHECK(scatter_reduce(D::from({1, 1}), 0, I::from({0, 0}), D::from({2, 4}), "mean", false) ==
        D::from({3, 1}));
  CHECK(message_of<OptionError>([&] { static_cast<void>(scatter_reduce(x, 0, index, source, "max")); }) ==
        "scatter_reduce: reduce argument must be either sum, prod, mean, amax or amin, got max");
  constexpr double endless = std::numeric_limits<double>::infinity();
  Recorder<double> recorder;
  const auto v = recorder->input(D::from({1, -endless, 0}), true);
  const auto w = recorder->constant(D::from({endless, 1, 0}), true);
  const auto most = scatter_reduce(v, 0, I::from({0, 1, 2}), w, "amax");
  CHECK(most.tensor() == D::from({endless, 1, 0}));
  sum(most).backward();
  // Of equal ones each has its share.
  CHECK(D(v.grad()) == D::from({0, 0, 0.5}));
  CHECK(D(w.grad()) == D::from({1, 1, 0.5}));
}

TEST_CASE("overwrite: derivatives, and programs with the bits of the tape") {
  const D a = numbers({2, 3}, 1);
  const D b = numbers({2, 3}, 2);
  const I index = I::from({{2, 0}, {1, 2}});
  check_derivatives([&](const Variables& v) { return square(scatter(v[0], 1, index, v[1])); }, {a, b});
  check_derivatives([&](const Variables& v) { return square(scatter(v[0], 1, index, 0.5)); }, {a});
  for (const char* how : {"sum", "prod", "mean", "amax", "amin"}) {
    for (const bool self : {true, false}) {
      check_derivatives(
          [&](const Variables& v) {
            return square(scatter_reduce(v[0], 0, I::from({{0, 1, 1}, {0, 0, 1}}), v[1], how, self));
          },
          {a, b});
    }
  }
  const I cols = I::from({2, 0});
  check_derivatives([&](const Variables& v) { return square(index_copy(v[0], 1, cols, v[1])); },
                    {a, numbers({2, 2}, 3)});
  check_derivatives([&](const Variables& v) { return square(index_fill(v[0], 1, cols, v[1])); },
                    {a, numbers({}, 3)});
  check_derivatives([&](const Variables& v) { return square(take(v[0], I::from({1, 1, -1}))); }, {a});
  const std::vector<TensorArg<std::int64_t>> places{cols};
  for (const bool accumulate : {true, false}) {
    check_derivatives(
        [&](const Variables& v) {
          return square(index_put(transpose(v[0], 0, 1), places, v[1], accumulate));
        },
        {a, numbers({2}, 3)});
  }
  check_traced(
      {3},
      [](const auto& x) {
        return index_copy(index_fill(x, 1, I::from({0}), 2.0F), 1, I::from({2}), narrow(x, 1, 0, 1));
      },
      [](const Values& x) {
        return Values{2, x[1], x[0]};
      });
}

TEST_CASE("overwrite: what does not fit is refused") {
  const auto along_samples = [](const auto& x) { return index_fill(x, 0, I::from({0}), 1.0F); };
  CHECK(wick_tests::contains(wick_tests::refusal_of<ShapeError>({3}, along_samples), "samples"));
  const auto of_samples = [](const auto& x) { return take(x, I::from({0})); };
  CHECK(wick_tests::contains(wick_tests::refusal_of<ShapeError>({3}, of_samples), "samples"));
  const D x = D::zeros({2, 3});
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(scatter(x, 1, I::full({1, 1}, 3), 1));
        }) == "scatter: index 3 is out of bounds for dimension 1 with size 3");
  CHECK_THROWS_AS(static_cast<void>(scatter(x, 1, I::full({1, 1}, -1), 1)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(scatter(x, 1, I::from({0}), 1)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(scatter(x, 1, I::from({{0, 1}}), D::zeros({1, 1}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(scatter_reduce(x, 1, I::full({1, 1}, 5), x, "amax")), IndexError);
  CHECK_THROWS_AS(static_cast<void>(index_copy(x, 1, I::from({0}), x)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(index_copy(x, 1, I::from({-4}), D::zeros({2, 1}))), IndexError);
  CHECK_THROWS_AS(static_cast<void>(index_fill(x, 1, I::zeros({1, 1}), 1)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(index_fill(x, 1, I::from({0}), D::zeros({1}))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(take(x, I::from({6}))), IndexError);
  CHECK_THROWS_AS(static_cast<void>(take(D::zeros({0}), I::from({0}))), IndexError);
}
