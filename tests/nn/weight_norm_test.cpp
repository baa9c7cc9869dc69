#include <wick/nn/weight_norm.hpp>

#include "support/gradient_check.hpp"
#include "support/parametrized_cases.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/embedding.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/nn/sequential.hpp>
#include <wick/nn/trace.hpp>
#include <wick/optim/adam.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;

namespace {

using Net = Sequential<WeightNorm<Linear<double>>, ReLU, Linear<double>>;

struct Root {
  Net layers;
  explicit Root(const Scope<double>& s) : layers(s / "layers", args(4, 6), args(), args(6, 2)) {}
  auto operator()(const auto& x) const { return layers(x); }
};

/// A vector as a weight: y = x w.
struct Scale {
  using Scalar = double;
  Slot slot;
  Scale(const Scope<double>& s, Index n) : slot(s.add("weight", {n}, 2.0)) { s.is("Scale", extra_repr()); }
  [[nodiscard]] const Slot& weight() const { return slot; }
  [[nodiscard]] std::string extra_repr() const { return std::to_string(slot.shape[0]); }
  [[nodiscard]] auto with_weight(const auto& weight, const auto& x) const { return x * weight; }
};

}  // namespace

TEST_CASE("weight_norm: parameters, values, gradients and print are PyTorch's") {
  wick_tests::check_parametrizations<WeightNorm>("weight_norm", [](Index dim, Index /*iterations*/) {
    return WeightNormOptions{.dim = dim == 99 ? std::nullopt : std::optional<Index>(dim)};
  });
}

TEST_CASE("weight_norm: gradients by all parameters are those of differences") {
  using Dim = std::optional<Index>;
  for (const Dim& dim : {Dim(0), Dim(-2), Dim(1), Dim()}) {
    Model<WeightNorm<Linear<double>>, double> model(WeightNormOptions{.dim = dim}, 3, 2);
    auto& block = *model.parameters();
    CHECK(model.module().original0().shape.numel() == (!dim ? 1 : *dim == 1 ? 3 : 2));
    const auto x = numbers({4, 3}, 4);
    const auto loss = [&] {
      Recorder<double> recorder;
      return sum(square(model(recorder->input(x)))) / 8.0;
    };
    block.require_grad();
    block.zero_grad();
    loss().backward();
    for (const auto& e : block.entries()) {
      CAPTURE(e.name);
      const Tensor<double> gradient(std::as_const(block).grad(e.slot));
      CHECK(wick_tests::gradient_close(block.value(e.slot), gradient, [&] { return loss().item(); }));
    }
  }
}

TEST_CASE("weight_norm: a value in a model, that trains, is copied, traced and summed up") {
  Model<Root, double> model;
  std::ostringstream printed;
  printed << model.modules().str(model.modules().at("layers"));
  CHECK(printed.str() ==
        "Sequential(\n  (0): ParametrizedLinear(\n    in_features=4, out_features=6, bias=True\n    "
        "(parametrizations): ModuleDict(\n      (weight): ParametrizationList(\n        (0): _WeightNorm()\n"
        "      )\n    )\n  )\n  (1): ReLU()\n  (2): Linear(in_features=6, out_features=2, bias=True)\n)");
  const auto x = numbers({5, 4}, 1);
  Adam<double> optimizer(model.parameters(), {.lr = 0.05});
  double first = 0;
  double last = 0;
  for (int k = 0; k < 20; ++k) {
    optimizer.zero_grad();
    const auto loss = sum(square(model(x) - 1.0));
    loss.backward();
    optimizer.step();
    last = loss.item();
    if (k == 0) first = last;
  }
  CHECK(last < first / 2);
  auto copy = model;
  const Tensor<double> y = model.predict(x);
  std::ranges::fill(model.parameters()->value("layers.0.parametrizations.weight.original0").span(), 0.0);
  const auto same = [&](const Tensor<double>& other) { return std::ranges::equal(y.span(), other.span()); };
  CHECK(same(copy.predict(x)));
  CHECK_FALSE(same(model.predict(x)));
  const auto moved = std::move(copy);
  CHECK(same(moved.predict(x)));
  Workspace<double> workspace;
  const auto program = trace(moved, Shape{4});
  const Tensor<double> by_program(program(moved.parameters()->values(), x, workspace));
  CHECK(same(by_program));
  // By programs rows do not depend on one another.
  const Tensor<double> one(x.rows(2, 3));
  const Tensor<double> row(program(moved.parameters()->values(), one, workspace));
  CHECK(std::ranges::equal(row.span(), y.rows(2, 3).span()));
}

TEST_CASE("weight_norm: a class of one's own, whose weight is a vector") {
  Model<WeightNorm<Scale>, double> model(3);
  CHECK(model.module().original0().shape == Shape{3});
  const Tensor<double> y = model.predict(Tensor<double>::from({{1, 2, -3}}));
  CHECK(std::ranges::equal(y.span(), std::vector<double>{2, 4, -6}));
  CHECK(contains((std::ostringstream() << model).str(), "ParametrizedScale("));
}

TEST_CASE("weight_norm: what is wrong is refused, and a weight of zeros is NaN as in PyTorch") {
  using Layer = WeightNorm<Linear<double>>;
  CHECK(message_of<IndexError>([] { Model<Layer, double>(WeightNormOptions{.dim = 2}, 3, 2); }) ==
        "weight_norm: Dimension out of range (expected to be in range of [-2, 1], but got 2)");
  CHECK(contains(message_of<OptionError>([] { Model<Layer, double>(0, 2); }), "in_features"));
  using Table = WeightNorm<Embedding<double>>;
  CHECK(
      contains(message_of<OptionError>([] { Model<Table, double>(5, 2, EmbeddingOptions{.max_norm = 1.0}); }),
               "Embedding: max_norm writes to the weight, which a parametrisation computes"));
  // A weight that is another module's.
  struct Tied {
    Linear<double> up;
    Layer down;
    explicit Tied(const Scope<double>& s)
        : up(s / "up", 2, 2), down((s / "down").tie("weight", up.weight()), 2, 2) {}
  };
  CHECK(message_of<IndexError>([] { Model<Tied, double>(); }) ==
        "Linear down does not have a parameter with name \"weight\" of its own");
  Model<Layer, double> model(3, 2);
  CHECK(contains(message_of<StateDictError>([&] {
                   StateDict plain;
                   plain.insert("weight", AnyTensor::copy_of(Tensor<double>::zeros({2, 3})));
                   plain.insert("bias", AnyTensor::copy_of(Tensor<double>::zeros({2})));
                   model.load_state_dict(plain);
                 }),
                 "parametrizations.weight.original0"));
  // The older torch.nn.utils.weight_norm.
  StateDict old;
  old.insert("weight_g", AnyTensor::copy_of(Tensor<double>::ones({2, 1})));
  old.insert("weight_v", AnyTensor::copy_of(Tensor<double>::ones({2, 3})));
  old.insert("bias", AnyTensor::copy_of(Tensor<double>::zeros({2})));
  model.load_state_dict(
      old, {.rename = [](std::string_view name) {
        return std::optional<std::string>(name == "weight_g"   ? "parametrizations.weight.original0"
                                          : name == "weight_v" ? "parametrizations.weight.original1"
                                                               : name);
      }});
  CHECK(std::abs(model.predict(Tensor<double>::ones({1, 3})).at(0, 0) - std::sqrt(3.0)) < 1e-15);
  std::ranges::fill(model.parameters()->value("parametrizations.weight.original1").span(), 0.0);
  const Tensor<double> y = model.predict(Tensor<double>::ones({1, 3}));
  for (const double each : y.span()) CHECK(std::isnan(each));
  CHECK(model.predict(Tensor<double>::ones({0, 3})).shape() == Shape{0, 2});
}
