#include "support/named_sections.hpp"
#include "support/throws.hpp"

#include <wick/nn/init.hpp>
#include <wick/ops/matmul.hpp>
#include <wick/ops/shapes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::message_of;
using wick_tests::NamedSections;

namespace {

// Those of uniform_() to the last bit; normal_() promises 1e-6.
template <class T, class Fill>
void check(const std::string& line, double error, const Fill& fill) {
  CAPTURE(line);
  const NamedSections torch("module_prints.txt");
  const std::vector<double> expected = torch.numbers("init", line);
  Generator g(0);
  Tensor<T> weight(Shape{4, 6});
  fill(weight.view(), g);
  REQUIRE(expected.size() == 24);
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(std::abs(static_cast<double>(weight.data()[i]) - expected[i]) <= error);
}
template <class T>
void check_all(const std::string& type) {
  check<T>("xavier_uniform_ " + type, 0, [](auto t, Generator& g) { xavier_uniform_(t, 1.0, g); });
  check<T>("kaiming_uniform_ " + type, 0,
           [](auto t, Generator& g) { kaiming_uniform_(t, 0.0, FanMode::fan_in, "leaky_relu", g); });
  check<T>("xavier_normal_ " + type, 1e-6, [](auto t, Generator& g) { xavier_normal_(t, 1.0, g); });
  check<T>("kaiming_normal_ " + type, 1e-6,
           [](auto t, Generator& g) { kaiming_normal_(t, 0.0, FanMode::fan_in, "leaky_relu", g); });
}

}  // namespace

TEST_CASE("Initial values are those of torch.nn.init") {
  check_all<float>("float");
  check_all<double>("double");
  check<double>("kaiming_uniform_fan_out double", 0,
                [](auto t, Generator& g) { kaiming_uniform_(t, 0.5, FanMode::fan_out, "leaky_relu", g); });
  Tensor<float> bias(Shape{4});
  CHECK_THROWS_AS(xavier_uniform_(bias.view()), ShapeError);
  CHECK_THROWS_AS(kaiming_normal_(bias.view()), ShapeError);
}

TEST_CASE("calculate_gain: PyTorch's numbers") {
  CHECK(calculate_gain("linear") == 1);
  CHECK(calculate_gain("tanh") == 5.0 / 3);
  CHECK(calculate_gain("leaky_relu") == std::sqrt(2 / (1 + 1e-4)));
  CHECK(message_of<OptionError>([] { static_cast<void>(calculate_gain("swish")); }) ==
        "Unsupported nonlinearity 'swish', expected linear, sigmoid, tanh, relu, leaky_relu or selu");
  // torch.manual_seed(0); std of 'selu' is 3/4 of that of 'linear'
  Generator g(0);
  Tensor<double> one(Shape{4, 6});
  kaiming_normal_(one.view(), 0.0, FanMode::fan_in, "selu", g);
  g = Generator(0);
  Tensor<double> other(Shape{4, 6});
  kaiming_normal_(other.view(), 0.0, FanMode::fan_in, "linear", g);
  for (Index i = 0; i < 24; ++i)
    CHECK(one.data()[i] == doctest::Approx(0.75 * other.data()[i]).epsilon(1e-14));
}

TEST_CASE("orthogonal_: rows or columns at right angles, of one length") {
  Generator g(1);
  for (const Shape& shape : {Shape{3, 5}, Shape{5, 3}, Shape{4, 4}, Shape{2, 3, 2}}) {
    Tensor<double> t(shape);
    orthogonal_(t.view(), 2.0, g);
    const Tensor<double> m = t.reshape({shape[0], shape.numel() / shape[0]});
    const Tensor<double> turned = transpose(m, 0, 1);
    const Tensor<double> products = m.size(0) < m.size(1) ? matmul(m, turned) : matmul(turned, m);
    for (Index i = 0; i < products.size(0); ++i) {
      for (Index k = 0; k < products.size(1); ++k)
        CHECK(std::abs(products.at(i, k) - (i == k ? 4 : 0)) < 1e-14);
    }
  }
  Tensor<double> empty(Shape{0, 3});
  CHECK_NOTHROW(orthogonal_(empty.view(), 1.0, g));
  Tensor<double> vector(Shape{3});
  CHECK_THROWS_AS(orthogonal_(vector.view(), 1.0, g), ShapeError);
}

TEST_CASE("trunc_normal_: no number outside, whichever way it is drawn") {
  Generator g(2);
  Tensor<float> t(Shape{1000});
  for (const auto& [mean, a, b] :
       {std::array{0.0, -2.0, 2.0}, std::array{0.0, 1.5, 1.75}, std::array{-9.0, 0.0, 1.0}}) {
    trunc_normal_(t.view(), mean, 1.0, a, b, g);
    for (const float x : t.span()) {
      CHECK(x >= static_cast<float>(a));
      CHECK(x <= static_cast<float>(b));
    }
  }
  // Far from the mean, numbers crowd at the near bound: of exp(-(9 + x)^2 / 2), 99 in 100 are below 1/2.
  CHECK(std::ranges::count_if(t.span(), [](float x) { return x < 0.5F; }) > 950);
  CHECK_THROWS_AS(trunc_normal_(t.view(), 0.0, 1.0, 2.0, 1.0, g), OptionError);
  CHECK_THROWS_AS(trunc_normal_(t.view(), 0.0, 0.0, -2.0, 2.0, g), OptionError);
}

TEST_CASE("eye_, sparse_: of matrices alone") {
  Tensor<float> t(Shape{2, 3});
  eye_(t.view());
  CHECK(t == Tensor<float>::from({{1, 0, 0}, {0, 1, 0}}));
  Generator g(3);
  Tensor<float> wide(Shape{5, 40});
  sparse_(wide.view(), 0.3, 1.0, g);
  for (Index col = 0; col < 40; ++col) {
    Index zeros = 0;
    for (Index row = 0; row < 5; ++row) zeros += wide.at(row, col) == 0 ? 1 : 0;
    CHECK(zeros == 2);
  }
  CHECK_THROWS_AS(sparse_(wide.view(), 1.5, 1.0, g), OptionError);
  Tensor<float> vector(Shape{3});
  CHECK_THROWS_AS(eye_(vector.view()), ShapeError);
  CHECK_THROWS_AS(sparse_(vector.view(), 0.5, 1.0, g), ShapeError);
}
