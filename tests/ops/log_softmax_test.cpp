#include <wick/ops/log_softmax.hpp>

#include "support/compare.hpp"
#include "support/fixture.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>
#include <wick/tensor/eigen.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

using namespace wick;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

/// The definition, with everything in long double.
template <class T>
Tensor<T> definition(const Tensor<T>& x) {
  Tensor<T> y(x.shape());
  for (Index b = 0; b < x.size(0); ++b) {
    long double max = -std::numeric_limits<long double>::infinity();
    for (const T v : x[b].span()) max = (std::max)(max, static_cast<long double>(v));
    long double sum = 0;
    for (const T v : x[b].span()) sum += std::exp(static_cast<long double>(v) - max);
    for (Index c = 0; c < x.size(1); ++c) {
      y.at(b, c) = static_cast<T>(static_cast<long double>(x.at(b, c)) - max - std::log(sum));
    }
  }
  return y;
}

template <class T>
void check_case(Fixture& file, double tolerance) {
  const auto rows = static_cast<Index>(file.get<std::int64_t>());
  const auto cols = static_cast<Index>(file.get<std::int64_t>());
  CAPTURE(rows);
  CAPTURE(cols);
  const Shape shape{rows, cols};
  const auto x = file.tensor<T>(shape);
  const auto y = file.tensor<T>(shape);
  const auto dy = file.tensor<T>(shape);
  const auto dx = file.tensor<T>(shape);
  Tensor<T> forward(shape);
  log_softmax_forward<T>(x, forward.view());
  CHECK(all_close(forward, y, tolerance, tolerance, true));
  Tensor<T> in_place = x;
  log_softmax_forward<T>(in_place.view(), in_place.view());
  CHECK(all_close(in_place, forward, 0, 0, true));
  Tensor<T> backward(shape);
  log_softmax_backward<T>(y, dy, backward.view());
  CHECK(all_close(backward, dx, 10 * tolerance, 10 * tolerance, true));
  in_place = dy;
  log_softmax_backward<T>(y, in_place.view(), in_place.view());
  CHECK(all_close(in_place, backward, 0, 0, true));
}

}  // namespace

TEST_CASE("log-softmax and its derivative are PyTorch's, infinities and NaN included") {
  Fixture file("ops.bin");                                // tests/reference/make_ops.py
  for (auto n = file.get<std::uint32_t>(); n > 0; --n) {  // the dropout masks come first
    const bool is_double = file.get<std::uint8_t>() == 1;
    static_cast<void>(file.get<double>());
    static_cast<void>(file.get<std::uint64_t>());
    const auto numel = static_cast<Index>(file.get<std::uint32_t>());
    static_cast<void>(file.tensor<std::uint8_t>({numel * (is_double ? 8 : 4)}));
    static_cast<void>(file.get<std::int64_t>());
  }
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 14);
  for (std::uint32_t i = 0; i < count; ++i) {
    CAPTURE(i);
    file.get<std::uint8_t>() == 1 ? check_case<double>(file, 1e-14) : check_case<float>(file, 5e-7);
  }
  CHECK(file.at_end());
}

TEST_CASE("log-softmax is as exact as its type for logits of any size") {
  const auto check = [](auto zero, double tolerance) {
    using T = decltype(zero);
    for (const double size : {1e-6, 1.0, 30.0, 1e4, 1e30}) {
      for (const Index cols : {1, 2, 10, 63, 64, 65, 128, 300}) {
        CAPTURE(size);
        CAPTURE(cols);
        Generator g(4);
        Tensor<T> x(Shape{3, cols});
        normal_(x.view(), 0.0, size, g);
        Tensor<T> y(x.shape());
        log_softmax_forward<T>(x, y.view());
        CHECK_CLOSE(y, definition(x), tolerance, tolerance);
        for (Index b = 0; b < 3; ++b) CHECK(std::abs(y[b].array().exp().sum() - 1) <= 100 * tolerance);
      }
    }
  };
  check(0.0F, 1e-6);
  check(0.0, 1e-14);
}

TEST_CASE("logits of +-10000 give the values one knows without computing") {
  const auto x = Tensor<float>::from({{1e4F, -1e4F}, {1e4F, 1e4F}, {-1e4F, -1e4F}, {0, 0}});
  Tensor<float> y(x.shape());
  log_softmax_forward<float>(x, y.view());
  const float half = -std::log(2.0F);
  CHECK(y.at(0, 0) == 0);
  CHECK(y.at(0, 1) == -2e4F);
  for (Index b = 1; b < 4; ++b) CHECK(y[b].array().isApproxToConstant(half, 1e-6F));
  SUBCASE("one class is certain, however large its logit") {
    const auto one = Tensor<double>::from({1e300, -5.0}).reshape({2, 1});
    Tensor<double> certain(one.shape());
    log_softmax_forward<double>(one, certain.view());
    CHECK(certain == Tensor<double>::zeros({2, 1}));
  }
}

TEST_CASE("the derivative of log-softmax agrees with central differences") {
  Generator g(6);
  for (const Index cols : {1, 2, 5, 70}) {
    CAPTURE(cols);
    auto x = randn<double>({3, cols}, g);
    const auto dy = randn<double>({3, cols}, g);
    Tensor<double> y(x.shape());
    Tensor<double> dx(x.shape());
    log_softmax_forward<double>(x, y.view());
    log_softmax_backward<double>(y, dy, dx.view());
    Tensor<double> again(x.shape());
    CHECK_GRADIENT(x, dx, [&] {
      log_softmax_forward<double>(x, again.view());
      return wick_tests::dot(again, dy);
    });
  }
}

TEST_CASE("log-softmax of no rows or no columns does nothing") {
  Tensor<float> none(Shape{0, 4});
  log_softmax_forward<float>(none.view(), none.view());
  log_softmax_backward<float>(none.view(), none.view(), none.view());
  Tensor<float> narrow(Shape{3, 0});
  log_softmax_forward<float>(narrow.view(), narrow.view());
  log_softmax_backward<float>(narrow.view(), narrow.view(), narrow.view());
  CHECK(none.numel() + narrow.numel() == 0);
}

TEST_CASE("argmax_rows finds the first of the largest") {
  const auto x = Tensor<float>::from({{1, 3, 2}, {5, 5, 1}, {-3, -1, -1}, {0, 0, 0}, {-7, -8, -6}});
  Tensor<std::int64_t> at(Shape{5});
  argmax_rows<float>(x, at.view());
  CHECK(at == Tensor<std::int64_t>::from({1, 0, 1, 0, 2}));
}

TEST_CASE("shapes that do not fit together are refused") {
  const auto x = Tensor<float>::ones({2, 3});
  Tensor<float> small({1, 3});
  Tensor<float> result({2, 3});
  Tensor<std::int64_t> one({1});
  const TensorView<const float> view = x;
  CHECK(message_of<ShapeError>([&] { log_softmax_forward<float>(view, small); }) ==
        "log_softmax_forward: expected equal shapes, got [2, 3] and [1, 3]");
  CHECK_THROWS_AS(log_softmax_backward<float>(view, view, small), ShapeError);
  CHECK_THROWS_AS(log_softmax_backward<float>(view, small, result), ShapeError);
  CHECK(message_of<ShapeError>([&] { argmax_rows<float>(view, one); }) ==
        "argmax_rows: expected 2 results for shape [2, 3], got shape [1]");
}
