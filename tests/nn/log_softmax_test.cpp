#include <wick/nn/log_softmax.hpp>

#include "support/compare.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

using namespace wick;
using wick_tests::message_of;

TEST_CASE("log-softmax of a row, by hand, and its true derivative alone") {
  const LogSoftmax layer;
  const auto x = Tensor<double>::from({{0, std::log(3.0)}, {5, 5}});
  Tensor<double> y(x.shape());
  layer.forward<double>(x, y.view());
  CHECK_CLOSE(y, Tensor<double>::from({{-std::log(4.0), std::log(0.75)}, {-std::log(2.0), -std::log(2.0)}}),
              1e-15);
  Tensor<double> dx(x.shape());
  const auto dy = Tensor<double>::from({{1, 0}, {1, 1}});
  layer.backward<double>(y, dy, dx.view());
  CHECK_CLOSE(dx, Tensor<double>::from({{0.75, -0.75}, {0, 0}}), 1e-14, 1e-15);
}

TEST_CASE("the derivative of the layer agrees with central differences") {
  Generator g(4);
  auto x = randn<double>({3, 6}, g);
  const auto dy = randn<double>(x.shape(), g);
  Tensor<double> y(x.shape());
  Tensor<double> dx(x.shape());
  const auto loss = [&] {
    LogSoftmax().forward<double>(x, y.view());
    return wick_tests::dot(y, dy);
  };
  loss();
  LogSoftmax().backward<double>(y, dy, dx.view());
  CHECK_GRADIENT(x, dx, loss);
}

TEST_CASE("log-softmax refuses tensors of different shapes") {
  const auto a = Tensor<float>::ones({2, 3});
  auto b = Tensor<float>::full({3, 2}, 7);
  const std::string text = "LogSoftmax: expected equal shapes, got [2, 3] and [3, 2]";
  CHECK(message_of<ShapeError>([&] { LogSoftmax().forward<float>(a, b.view()); }) == text);
  CHECK(message_of<ShapeError>([&] { LogSoftmax().backward<float>(a, a, b.view()); }) == text);
  CHECK(message_of<ShapeError>([&] { LogSoftmax().backward<float>(a, b, b.view()); }) == text);
  CHECK(b == Tensor<float>::full({3, 2}, 7));
}

TEST_CASE("log-softmax prints as in PyTorch") {
  std::ostringstream out;
  out << LogSoftmax();
  CHECK(out.str() == "LogSoftmax(dim=1)");
}
