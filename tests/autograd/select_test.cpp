#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/functions.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/select.hpp>
#include <wick/ops/select.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

Tensor<bool> mask(const Shape& shape, unsigned bits) {
  Tensor<bool> m(shape);
  for (Index i = 0; i < m.numel(); ++i) m.data()[i] = (bits >> i & 1U) != 0;
  return m;
}

}  // namespace

TEST_CASE("maximum, minimum: element by element, and derivatives") {
  const auto a = numbers({3, 4}, 1);
  const auto b = numbers({4}, 2);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto y = recorder->constant(b);
  const auto larger = maximum(x, y);
  const auto smaller = minimum(x, y);
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 4; ++j) {
      CHECK(larger.value().at(i, j) == std::max(a.at(i, j), b.at(j)));
      CHECK(smaller.value().at(i, j) == std::min(a.at(i, j), b.at(j)));
    }
  }
  CHECK(maximum(x, 0.5).tensor() ==
        maximum(x, recorder->constant(Tensor<double>::full({3, 4}, 0.5))).tensor());
  CHECK(minimum(x, 0.5).tensor() == minimum(recorder->constant(Tensor<double>::full({}, 0.5)), x).tensor());
  check_derivatives([](const Variables& v) { return maximum(square(v[0]), v[1]) * v[0]; }, {a, b});
  check_derivatives(
      [](const Variables& v) { return minimum(square(v[0]), v[1] * v[1]) + minimum(v[0], 0.1); }, {a, b});
}

TEST_CASE("maximum, minimum: equal elements share, NaN passes on, as in PyTorch") {
  Recorder<double> recorder;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const bool larger : {true, false}) {
    const auto x = recorder->constant(Tensor<double>::from({1, 2, 3, nan, 1}), true);
    const auto y = recorder->constant(Tensor<double>::from({1, 3, 2, 1, nan}), true);
    const auto z = larger ? maximum(x, y) : minimum(x, y);
    CHECK(std::isnan(z.value().at(3)));
    CHECK(std::isnan(z.value().at(4)));
    sum(z).backward();
    const double taken = larger ? 1 : 0;
    CHECK(x.grad().at(0) == 0.5);
    CHECK(y.grad().at(0) == 0.5);
    CHECK(x.grad().at(1) == 1 - taken);
    CHECK(y.grad().at(1) == taken);
    CHECK(x.grad().at(2) == taken);
    for (const Index i : {3, 4}) {
      CHECK(x.grad().at(i) == 1);
      CHECK(y.grad().at(i) == 1);
    }
  }
}

TEST_CASE("maximum and minimum take the same one of two zeros whichever was computed just before") {
  const auto zeros = Tensor<double>::from({0.0, -0.0, 0.0, -0.0});
  const auto others = Tensor<double>::from({-0.0, 0.0, 0.0, -0.0});
  const auto larger = maximum(zeros, others);
  const auto smaller = minimum(zeros, others);
  Recorder<double> recorder;
  const auto x = recorder->constant(zeros);
  const auto y = recorder->constant(others);
  for (const auto& [a, b] : {std::pair(x, y), std::pair(x * 1.0, y), std::pair(x, y * 1.0)}) {
    const auto most = maximum(a, b).tensor();
    const auto least = minimum(a, b).tensor();
    for (Index i = 0; i < 4; ++i) {
      CHECK(std::signbit(most.at(i)) == std::signbit(larger.at(i)));
      CHECK(std::signbit(least.at(i)) == std::signbit(smaller.at(i)));
    }
  }
}

TEST_CASE("where and masked_fill: by a mask, whatever the other one is") {
  const auto m = mask({2, 3}, 0b101001U);
  const auto a = numbers({2, 3}, 1);
  const auto b = numbers({3}, 2);
  Recorder<double> recorder;
  const auto z = where(m, recorder->input(a), recorder->constant(b));
  for (Index i = 0; i < 2; ++i) {
    for (Index j = 0; j < 3; ++j) CHECK(z.value().at(i, j) == (m.at(i, j) ? a.at(i, j) : b.at(j)));
  }
  check_derivatives([&](const Variables& v) { return where(m, square(v[0]), v[1] * v[1] * v[1]); }, {a, b});
  check_derivatives([&](const Variables& v) { return where(m, square(v[0]), 2) + where(m, 2, v[0]); }, {a});
  check_derivatives([&](const Variables& v) { return where(mask({3}, 5), v[0], v[1]); }, {a, numbers({}, 3)});
  check_derivatives([&](const Variables& v) { return masked_fill(square(v[0]), m, 2); }, {a});
  const auto filled = masked_fill(recorder->constant(a), m, 2);
  for (Index i = 0; i < a.numel(); ++i) CHECK(filled.value().data()[i] == (m.data()[i] ? 2 : a.data()[i]));
  // The square root of a negative number is not taken, nor is its derivative.
  const auto x = recorder->constant(Tensor<double>::from({4, -1}), true);
  sum(where(mask({2}, 1), sqrt(where(mask({2}, 1), x, 1)), x)).backward();
  CHECK(x.grad().at(0) == 0.25);
  CHECK(x.grad().at(1) == 1);
  CHECK(contains(message_of<ShapeError>([&] { static_cast<void>(where(mask({4}, 1), x, x)); }),
                 "The size of tensor a (4) must match the size of tensor b (2)"));
}

TEST_CASE("tril, triu: triangles of the tensor, and derivatives") {
  const auto a = numbers({2, 3, 4}, 1);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  for (const Index diagonal : {-1, 0, 2}) {
    CHECK(tril(x, diagonal).tensor() == tril(a, diagonal));
    CHECK(triu(x, diagonal).tensor() == triu(a, diagonal));
    check_derivatives(
        [&](const Variables& v) { return square(tril(v[0], diagonal)) + triu(v[0], diagonal) * v[0]; }, {a});
  }
  CHECK_THROWS_AS(static_cast<void>(tril(recorder->constant(numbers({3}, 1)))), ShapeError);
}
