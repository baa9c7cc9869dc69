#include <wick/nn/activation.hpp>

#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/ops/functions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>
#include <string>

using namespace wick;

namespace {

constexpr Activation every[] = {Activation::relu, Activation::tanh, Activation::sigmoid,
                                Activation::gelu_tanh, Activation::identity};

double formula(Activation activation, double x) {
  switch (activation) {
    case Activation::relu:
      return x > 0 ? x : 0;
    case Activation::tanh:
      return std::tanh(x);
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::gelu_tanh:
      return x / 2 * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    case Activation::identity:
      break;
  }
  return x;
}

}  // namespace

TEST_CASE("each activation is its formula") {
  const auto x = Tensor<double>::from({-3, -0.5, 0, 0.25, 2});
  for (const Activation activation : every) {
    CAPTURE(activation_name(activation));
    const ActivationLayer layer(activation);
    CHECK(layer.activation() == activation);
    const Var<double> y = layer(default_tape<double>().input(x));
    for (Index i = 0; i < x.numel(); ++i)
      CHECK(y.value().at(i) == doctest::Approx(formula(activation, x.at(i))).epsilon(1e-14));
  }
}

TEST_CASE("an activation has a name, and prints as the module of PyTorch") {
  std::string printed;
  for (const Activation activation : every) {
    CHECK(activation_named(activation_name(activation)) == activation);
    std::ostringstream out;
    out << ActivationLayer(activation) << ' ';
    printed += out.str();
  }
  CHECK(printed == "ReLU() Tanh() Sigmoid() GELU(approximate='tanh') Identity() ");
  CHECK_FALSE(activation_named("swish").has_value());
  CHECK_FALSE(activation_named("").has_value());
}

TEST_CASE("a number that is no activation is refused") {
  CHECK(wick_tests::message_of<OptionError>([] { ActivationLayer(static_cast<Activation>(-1)); }) ==
        "Activation: there is none with the number -1");
  CHECK_THROWS_AS(static_cast<void>(activation_name(static_cast<Activation>(5))), OptionError);
}
