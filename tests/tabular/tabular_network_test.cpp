#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/nn/trace.hpp>
#include <wick/tabular/tabular_network.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

using wick::Index;
using wick::Model;
using wick::Shape;
using wick::Tensor;
using Network = wick::TabularNetwork<double>;

namespace {

/// Two numbers, a category of three values, two outputs, parameters that are anything but zero.
Model<Network, double> network(const wick::TabularNetworkOptions& options) {
  wick::Generator generator(3);
  Model<Network, double> model(generator, wick::TabularSizes{2, {3}, 2}, options);
  for (double& value : model.parameters()->values()) value = value == 0 ? 0.25 : value;
  model.eval();
  return model;
}

double silu(double x) { return x / (1 + std::exp(-x)); }

/// y = W x + b by hand.
std::vector<double> layer(const Model<Network, double>& model, const std::string& name,
                          const std::vector<double>& x) {
  const auto weight = model.parameters()->value(name + ".weight");
  const auto bias = model.parameters()->value(name + ".bias");
  std::vector<double> y;
  for (Index o = 0; o < weight.size(0); ++o) {
    double sum = bias.data()[o];
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += weight.data()[static_cast<std::size_t>(o) * x.size() + i] * x[i];
    }
    y.push_back(sum);
  }
  return y;
}

std::vector<double> by_hand(const Model<Network, double>& model, const std::vector<double>& row) {
  const auto& options = model.module().options();
  std::vector<double> x;
  const auto value = [&](const char* name, Index at) { return model.parameters()->value(name).data()[at]; };
  for (Index i = 0; i < 2; ++i) x.push_back(value("scale", i) * row[static_cast<std::size_t>(i)]);
  for (Index i = 0; i < 2; ++i) {
    for (Index k = 0; k < options.frequencies; ++k) {
      const Index at = i * options.frequencies + k;
      x.push_back(
          std::cos(2 * std::numbers::pi *
                   (value("frequencies", at) * row[static_cast<std::size_t>(i)] + value("phases", at))));
    }
  }
  for (Index k = 0; k < options.embedding; ++k) {
    x.push_back(value("embeddings.0.weight", static_cast<Index>(row[2]) * options.embedding + k));
  }
  std::vector<double> h = layer(model, "first", x);
  for (double& element : h) element = silu(element);
  for (Index block = 0; block < options.blocks; ++block) {
    const std::vector<double> y = layer(model, "blocks." + std::to_string(block), h);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] += silu(y[i]);
  }
  return layer(model, "last", h);
}

}  // namespace

TEST_CASE("TabularNetwork: the formula, by model and by program") {
  for (const Index frequencies : {Index{0}, Index{3}}) {
    const auto model = network({.width = 4, .blocks = 2, .embedding = 2, .frequencies = frequencies});
    const std::vector<std::vector<double>> rows{{0.5, -1, 2}, {-2, 0.25, 0}};
    Tensor<double> x(Shape{2, 3});
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(rows[i], x.data() + 3 * i);
    const Tensor<double> y = model.predict(x);
    const auto program = trace(model, Shape{3});
    wick::Workspace<double> workspace;
    const auto z = program(model.parameters()->values(), x, workspace);
    REQUIRE(y.shape() == Shape{2, 2});
    CHECK(program.goes_by_rows());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::vector<double> expected = by_hand(model, rows[i]);
      for (std::size_t c = 0; c < 2; ++c) {
        CHECK(y.data()[2 * i + c] == doctest::Approx(expected[c]).epsilon(1e-12));
        CHECK(z.data()[2 * i + c] == doctest::Approx(expected[c]).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("TabularNetwork: a new one gives zeros, and all its parameters get a gradient once it does not") {
  wick::Generator generator(0);
  const Model<Network, double> fresh(generator, wick::TabularSizes{2, {3}, 2},
                                     wick::TabularNetworkOptions{.width = 4});
  const auto y = fresh.predict(Tensor<double>::full({1, 3}, 1.0));
  CHECK(y == Tensor<double>::full({1, 2}, 0.0));

  auto model = network({.width = 4, .embedding = 2, .frequencies = 2, .dropout = 0});
  const auto loss = sum(square(model(Tensor<double>::full({1, 3}, 1.0))));
  loss.backward();
  for (std::size_t i = 0; i < model.parameters()->entries().size(); ++i) {
    CHECK(model.parameters()->has_new_grad(i));
  }
}

TEST_CASE("TabularNetwork: what it cannot be made of") {
  wick::Generator generator(0);
  const auto made = [&](const wick::TabularSizes& sizes, const wick::TabularNetworkOptions& options) {
    static_cast<void>(Model<Network, double>(generator, sizes, options));
  };
  CHECK_THROWS_AS(made({0, {}, 1}, {}), wick::OptionError);
  CHECK_THROWS_AS(made({-1, {3}, 1}, {}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {}, 0}, {}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {}, 1}, {.width = 0}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {}, 1}, {.blocks = -1}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {2}, 1}, {.embedding = 0}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {}, 1}, {.frequencies = -1}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {}, 1}, {.frequency = std::nan("")}), wick::OptionError);
  CHECK_THROWS_AS(made({1, {}, 1}, {.dropout = 1}), wick::OptionError);
  CHECK_NOTHROW(made({0, {2}, 1}, {.width = 2}));  // of categories alone
}
