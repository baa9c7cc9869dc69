#include <wick/ops/affine.hpp>

#include "support/compare.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

constexpr double tolerance = 1e-13;  // for sums of up to 300 products of numbers below 1

Tensor<double> draw(const Shape& shape, Generator& g) {
  Tensor<double> t(shape);
  uniform_(t.view(), -1.0, 1.0, g);
  return t;
}

/// Records the stretches that `finish` is called with.
struct Finished {
  TensorView<double> y;
  std::vector<int> calls = std::vector<int>(static_cast<std::size_t>(y.numel()));
  Tensor<double> seen = Tensor<double>::zeros(y.shape());
  bool in_place = true;

  void operator()(double* part, Index row, Index column, Index count) {
    const Index at = row * y.size(1) + column;
    // A part of a row, or whole rows.
    const bool fits = column + count <= y.size(1) || (column == 0 && count % y.size(1) == 0);
    in_place = in_place && part == y.data() + at && fits && at + count <= y.numel();
    if (!in_place) return;
    for (Index i = 0; i < count; ++i) {
      ++calls[static_cast<std::size_t>(at + i)];
      seen.data()[at + i] = part[i];
      part[i] = -part[i];
    }
  }
  void check(const Tensor<double>& expected) {
    CHECK(in_place);
    CHECK(std::ranges::all_of(calls, [](int n) { return n == 1; }));
    CHECK_CLOSE(seen, expected, 0, tolerance);
    // What finish() wrote is what stays.
    for (Index i = 0; i < y.numel(); ++i) REQUIRE(y.data()[i] == -seen.data()[i]);
  }
};

struct Sizes {
  Index batch, in, out;
};
// One row, few columns, small matrices and others take different ways.
const std::vector<Sizes> all_sizes{{0, 3, 4},    {1, 1, 1},     {1, 7, 17},   {1, 40, 200}, {1, 30, 16},
                                   {2, 3, 16},   {2, 3, 17},    {5, 0, 3},    {5, 0, 20},   {6, 37, 1},
                                   {6, 37, 5},   {17, 20, 16},  {64, 50, 10}, {33, 9, 97},  {257, 5, 19},
                                   {3, 300, 20}, {40, 4, 130},  {32, 8, 32},  {32, 32, 2},  {64, 4, 64},
                                   {9, 13, 31},  {160, 20, 20}, {161, 20, 20}};

}  // namespace

TEST_CASE("y = x W^T + b and its derivatives agree with sums in higher precision") {
  for (const auto& s : all_sizes) {
    CAPTURE(s.batch);
    CAPTURE(s.in);
    CAPTURE(s.out);
    Generator g(2);
    const auto x = draw({s.batch, s.in}, g);
    const auto weight = draw({s.out, s.in}, g);
    const auto bias = draw({s.out}, g);
    const auto dy = draw({s.batch, s.out}, g);
    const auto dweight_before = draw({s.out, s.in}, g);
    const auto dbias_before = draw({s.out}, g);
    GemmScratch<double> scratch;

    Tensor<double> expected(dy.shape());
    for (Index b = 0; b < s.batch; ++b) {
      for (Index o = 0; o < s.out; ++o) {
        long double sum = bias.at(o);
        for (Index i = 0; i < s.in; ++i) sum += static_cast<long double>(x.at(b, i)) * weight.at(o, i);
        expected.at(b, o) = static_cast<double>(sum);
      }
    }
    Tensor<double> y(dy.shape());
    Finished finished{y};
    affine_forward<double>(x, weight, bias, y.view(), scratch, finished);
    finished.check(expected);

    Tensor<double> dweight = dweight_before;
    Tensor<double> dbias = dbias_before;
    affine_backward_parameters<double>(x, dy, dweight.view(), dbias.view(), scratch);
    Tensor<double> dweight_expected = dweight_before;
    Tensor<double> dbias_expected = dbias_before;
    for (Index o = 0; o < s.out; ++o) {
      for (Index i = 0; i < s.in; ++i) {
        long double sum = dweight_before.at(o, i);
        for (Index b = 0; b < s.batch; ++b) sum += static_cast<long double>(dy.at(b, o)) * x.at(b, i);
        dweight_expected.at(o, i) = static_cast<double>(sum);
      }
      long double sum = dbias_before.at(o);
      for (Index b = 0; b < s.batch; ++b) sum += dy.at(b, o);
      dbias_expected.at(o) = static_cast<double>(sum);
    }
    CHECK_CLOSE(dweight, dweight_expected, 0, tolerance);
    CHECK_CLOSE(dbias, dbias_expected, 0, tolerance);

    // Written over what was there: the same as added to zeros.
    Tensor<double> dweight_zero = Tensor<double>::zeros(dweight.shape());
    Tensor<double> dbias_zero = Tensor<double>::zeros(dbias.shape());
    affine_backward_parameters<double>(x, dy, dweight_zero.view(), dbias_zero.view(), scratch);
    dweight.fill(std::numeric_limits<double>::quiet_NaN());
    dbias.fill(std::numeric_limits<double>::quiet_NaN());
    affine_backward_parameters<double>(x, dy, dweight.view(), dbias.view(), scratch, Accumulate::no);
    CHECK(dweight == dweight_zero);
    CHECK(dbias == dbias_zero);

    Tensor<double> dx_expected(x.shape());
    for (Index b = 0; b < s.batch; ++b) {
      for (Index i = 0; i < s.in; ++i) {
        long double sum = 0;
        for (Index o = 0; o < s.out; ++o) sum += static_cast<long double>(dy.at(b, o)) * weight.at(o, i);
        dx_expected.at(b, i) = static_cast<double>(sum);
      }
    }
    Tensor<double> dx = Tensor<double>::full(x.shape(), 1e9);
    Finished back{dx};
    affine_backward_input<double>(dy, weight, dx.view(), scratch, back);
    back.check(dx_expected);
  }
}

TEST_CASE(
    "column sums are added in groups of 16 rows, and then to what was there unless that is overwritten") {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    for (const Index rows : {0, 1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 257}) {
      for (const Index cols : {0, 1, 2, 10, 63, 64, 65, 128, 150}) {
        CAPTURE(rows);
        CAPTURE(cols);
        Generator g(3);
        Tensor<T> x(Shape{rows, cols});
        normal_(x.view(), 0.0, 1.0, g);
        Tensor<T> sums(Shape{cols});
        normal_(sums.view(), 0.0, 1.0, g);
        Tensor<T> alone(Shape{cols});
        Tensor<T> expected = sums;
        for (Index c = 0; c < cols; ++c) {
          T total = 0;
          for (Index from = 0; from < rows; from += 16) {
            T part = 0;
            for (Index r = from; r < (std::min)(from + 16, rows); ++r) part += x.at(r, c);
            total += part;
          }
          alone.at(c) = total;
          expected.at(c) += total;
        }
        column_sums(rows, cols, cols, x.data(), sums.data(), Accumulate::yes);
        CHECK(sums == expected);
        column_sums(rows, cols, cols, x.data(), sums.data(), Accumulate::no);
        CHECK(sums == alone);
      }
    }
  };
  check(0.0F);
  check(0.0);
}

TEST_CASE("shapes that do not fit together are refused") {
  GemmScratch<float> scratch;
  const auto tensor = [](const Shape& shape) { return Tensor<float>::ones(shape); };
  const auto x = tensor({2, 3});
  const auto w = tensor({4, 3});
  const auto b = tensor({4});
  auto y = tensor({2, 4});
  const auto nothing = [](float*, Index, Index, Index) {};
  const auto forward = [&](const Tensor<float>& in, const Tensor<float>& weight, const Tensor<float>& bias,
                           Tensor<float>& out) {
    affine_forward<float>(in.view(), weight.view(), bias.view(), out.view(), scratch, nothing);
  };
  CHECK_NOTHROW(forward(x, w, b, y));
  CHECK(message_of<ShapeError>([&] {
          forward(tensor({2, 5}), w, b, y);
        }) ==
        "affine_forward: expected x (B, In), W (Out, In) and y (B, Out), got [2, 5], [4, 3] and [2, 4]");
  CHECK(message_of<ShapeError>([&] { forward(x, w, tensor({3}), y); }) ==
        "affine_forward: expected 4 biases, got shape [3]");
  auto small = tensor({1, 4});
  CHECK_THROWS_AS(forward(x, w, b, small), ShapeError);
  CHECK_THROWS_AS(forward(tensor({6}), w, b, y), ShapeError);
  auto dw = tensor({4, 2});
  auto db = tensor({4});
  auto dx = tensor({2, 2});
  CHECK_THROWS_AS(affine_backward_parameters<float>(x.view(), y.view(), dw.view(), db.view(), scratch),
                  ShapeError);
  CHECK_THROWS_AS(affine_backward_input<float>(y.view(), w.view(), dx.view(), scratch, nothing), ShapeError);
}
