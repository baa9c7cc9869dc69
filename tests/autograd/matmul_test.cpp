#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/ops/matmul.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::check_derivatives;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

TEST_CASE("matmul: matrices, vectors and rows in batches") {
  const auto a = numbers({3, 4}, 1);
  const auto b = numbers({4, 2}, 2);
  Recorder<double> recorder;
  const auto c = matmul(recorder->input(a), recorder->constant(b));
  for (Index i = 0; i < 3; ++i) {
    for (Index j = 0; j < 2; ++j) {
      double expected = 0;
      for (Index k = 0; k < 4; ++k) expected += a.at(i, k) * b.at(k, j);
      CHECK(c.value().at(i, j) == doctest::Approx(expected));
    }
  }
  const auto f = [](const Variables& v) { return square(matmul(v[0], v[1])); };
  check_derivatives(f, {a, b});
  check_derivatives(f, {numbers({4}, 3), b});
  check_derivatives(f, {a, numbers({4}, 4)});
  check_derivatives(f, {numbers({4}, 3), numbers({4}, 4)});
  check_derivatives(f, {numbers({2, 3, 4}, 5), b});
  // Sums of nothing.
  const auto nothing =
      matmul(recorder->constant(Tensor<double>({2, 3, 0})), recorder->constant(Tensor<double>({0, 4})));
  CHECK(nothing.tensor() == Tensor<double>::zeros({2, 3, 4}));
  CHECK(matmul(recorder->constant(Tensor<double>({2, 3, 0})), recorder->constant(Tensor<double>({0})))
            .tensor() == Tensor<double>::zeros({2, 3}));
  check_derivatives([](const Variables& v) { return square(product<Trans::yes, Trans::no>(v[0], v[1])); },
                    {numbers({4, 3}, 6), b});
  check_derivatives([](const Variables& v) { return square(product<Trans::no, Trans::yes>(v[0], v[1])); },
                    {a, numbers({2, 4}, 7)});
  CHECK(message_of<ShapeError>([&] { static_cast<void>(matmul(c, c)); }) ==
        "matmul: mat1 and mat2 shapes cannot be multiplied (3x2 and 3x2) (shapes [3, 2] and [3, 2])");
}

TEST_CASE("mm, dot, outer: products of what they are for alone") {
  const auto a = numbers({2, 3}, 1);
  const auto b = numbers({3, 2}, 2);
  const auto u = numbers({3}, 3);
  const auto v = numbers({3}, 4);
  Recorder<double> recorder;
  const auto x = recorder->input(a);
  const auto y = recorder->constant(u);
  CHECK(mm(x, recorder->constant(b)).tensor() == mm(a, b));
  CHECK(dot(y, recorder->constant(v)).tensor() == dot(u, v));
  CHECK(outer(y, recorder->constant(v)).tensor() == outer(u, v));
  check_derivatives([](const Variables& of) { return mm(of[0], of[1]); }, {a, b});
  check_derivatives([](const Variables& of) { return dot(of[0], of[1]) * outer(of[0], of[1]); }, {u, v});
  CHECK_THROWS_AS(static_cast<void>(mm(x, y)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(dot(x, y)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(outer(y, x)), ShapeError);
}

TEST_CASE("matmul and bmm: batches on both sides, which broadcast, and derivatives") {
  const auto product_of = [](const Variables& v) { return matmul(v[0], v[1]); };
  Recorder<double> recorder;
  const auto check = [&](const Shape& left, const Shape& right) {
    const auto a = numbers(left, 1);
    const auto b = numbers(right, 2);
    CHECK(matmul(recorder->constant(a), recorder->constant(b)).tensor() == matmul(a, b));
    check_derivatives(product_of, {a, b});
  };
  check({2, 3, 4}, {2, 4, 2});
  check({3, 4}, {2, 4, 2});
  check({4}, {2, 4, 1});
  check({3, 1, 2, 2}, {2, 2, 3});
  check({2, 3, 4}, {1, 4, 2});
  check({2, 1, 0}, {2, 0, 2});
  check({0, 1, 2}, {0, 2, 2});
  check_derivatives([](const Variables& v) { return square(bmm(v[0], v[1])); },
                    {numbers({2, 2, 3}, 3), numbers({2, 3, 1}, 4)});
  const auto x = recorder->constant(numbers({2, 2, 3}, 3));
  CHECK(message_of<ShapeError>([&] { static_cast<void>(bmm(x, x)); }) ==
        "bmm: Expected size for first two dimensions of batch2 tensor to be: [2, 3] but got: [2, 2] (shapes "
        "[2, 2, 3] and [2, 2, 3]).");
  CHECK(message_of<ShapeError>([&] { static_cast<void>(matmul(x, x)); }) ==
        "matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3) (shapes [2, 2, 3] and [2, 2, 3])");
}
