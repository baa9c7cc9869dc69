#include <wick/nn/relu.hpp>

#include "support/compare.hpp"
#include "support/gradient_check.hpp"
#include "support/throws.hpp"

#include <wick/random/distributions.hpp>
#include <wick/tensor/eigen.hpp>

#include <doctest/doctest.h>

#include <sstream>

using namespace wick;
using wick_tests::message_of;

TEST_CASE("ReLU clips at zero, and hands back derivatives where it let through") {
  const ReLU relu;
  const auto x = Tensor<float>::from({{-1, 0, 2}, {3, -4, 0.5F}});
  const auto dy = Tensor<float>::from({{10, 20, 30}, {40, 50, 60}});
  Tensor<float> y(x.shape());
  Tensor<float> dx(x.shape());
  relu.forward<float>(x, y.view());
  CHECK(y == Tensor<float>::from({{0, 0, 2}, {3, 0, 0.5F}}));
  relu.backward<float>(y, dy, dx.view());
  CHECK(dx == Tensor<float>::from({{0, 0, 30}, {40, 0, 60}}));
}

TEST_CASE("the derivative of ReLU agrees with central differences") {
  Generator g(3);
  auto x = randn<double>({4, 5, 3}, g);
  REQUIRE((x.array().abs() > 1e-3).all());
  const auto dy = randn<double>(x.shape(), g);
  Tensor<double> y(x.shape());
  Tensor<double> dx(x.shape());
  const auto loss = [&] {
    ReLU().forward<double>(x, y.view());
    return wick_tests::dot(y, dy);
  };
  loss();
  ReLU().backward<double>(y, dy, dx.view());
  CHECK_GRADIENT(x, dx, loss);
}

TEST_CASE("ReLU refuses tensors of different shapes") {
  const auto a = Tensor<float>::ones({2, 3});
  auto b = Tensor<float>::full({3, 2}, 7);
  const std::string text = "ReLU: expected equal shapes, got [2, 3] and [3, 2]";
  CHECK(message_of<ShapeError>([&] { ReLU().forward<float>(a, b.view()); }) == text);
  CHECK(message_of<ShapeError>([&] { ReLU().backward<float>(a, a, b.view()); }) == text);
  CHECK(message_of<ShapeError>([&] { ReLU().backward<float>(a, b, b.view()); }) == text);
  CHECK(b == Tensor<float>::full({3, 2}, 7));
}

TEST_CASE("ReLU prints as in PyTorch") {
  std::ostringstream out;
  out << ReLU();
  CHECK(out.str() == "ReLU()");
}
