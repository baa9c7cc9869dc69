#include <wick/nn/spectral_norm.hpp>

#include "support/allocations.hpp"
#include "support/gradient_check.hpp"
#include "support/parametrized_cases.hpp"
#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/checkpoint/load_model.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/nn/any_sequential.hpp>
#include <wick/nn/embedding.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/tanh.hpp>
#include <wick/nn/trace.hpp>
#include <wick/nn/weight_norm.hpp>
#include <wick/optim/sgd.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;

namespace {

using Layer = SpectralNorm<Linear<double>>;

/// A discriminator as users write it: what is normalised in front, a layer that is not behind.
struct Net {
  Layer up;
  WeightNorm<Linear<double>> down;
  explicit Net(const Scope<double>& s)
      : up(s / "up", SpectralNormOptions{.n_power_iterations = 2}, 4, 6), down(s / "down", 6, 1) {}
  auto operator()(const auto& x) const { return down(tanh(up(x))); }
};

struct Built {
  AnySequential<double> layers;
  explicit Built(const Scope<double>& s)
      : layers(s, {make_module<Layer>(4, 3), make_module<Tanh>(),
                   make_module<WeightNorm<Linear<double>>>(WeightNormOptions{.dim = 1}, 3, 2)}) {}
  auto operator()(const auto& x) const { return layers(x); }
};

bool same(TensorView<const double> a, TensorView<const double> b) {
  return std::ranges::equal(a.span(), b.span());
}

}  // namespace

TEST_CASE("spectral_norm: parameters, buffers, values, gradients and print are PyTorch's") {
  wick_tests::check_parametrizations<SpectralNorm>("spectral_norm", [](Index dim, Index iterations) {
    return SpectralNormOptions{.n_power_iterations = iterations, .dim = dim};
  });
}

TEST_CASE("spectral_norm: gradients are those of differences, with u and v as they are") {
  for (const Index dim : {Index{0}, Index{1}}) {
    Model<Layer, double> model(SpectralNormOptions{.dim = dim}, 3, 2);
    auto& block = *model.parameters();
    block.require_grad();
    const auto x = numbers({4, 3}, 4);
    const auto loss = [&] {
      Recorder<double> recorder;
      return sum(square(model(recorder->input(x)))) / 8.0;
    };
    const auto gradient = [&] {
      block.zero_grad();
      loss().backward();
      return Tensor<double>(std::as_const(block).grad("parametrizations.weight.original"));
    };
    const Tensor<double> in_training = gradient();
    model.eval();
    const Tensor<double> wanted = gradient();
    CHECK(same(in_training.view(), wanted.view()));
    CHECK(wick_tests::gradient_close(block.value("parametrizations.weight.original"), wanted,
                                     [&] { return loss().item(); }));
  }
}

TEST_CASE("spectral_norm: u and v change in training alone, and the largest singular value becomes 1") {
  Model<Layer, double> model(SpectralNormOptions{.n_power_iterations = 50}, 5, 4);
  const auto& block = std::as_const(*model.parameters());
  const auto u = [&] { return Tensor<double>(block.buffer(block.buffers()[0].slot)); };
  const auto x = numbers({3, 5}, 1);
  const Tensor<double> before = u();
  for (double& w : model.parameters()->value("parametrizations.weight.original").rows(0, 2).span()) w *= 2;
  static_cast<void>(model.predict(x));
  model.eval();
  {
    Recorder<double> recorder;
    static_cast<void>(model(recorder->input(x)));
  }
  const Tensor<double> unchanged = u();
  CHECK(same(before.view(), unchanged.view()));
  model.train();
  Recorder<double> recorder;
  std::ranges::fill(model.parameters()->value("bias").span(), 0.0);
  static_cast<void>(model(recorder->input(x)));
  const Tensor<double> after = u();
  CHECK_FALSE(same(before.view(), after.view()));
  // |W x| <= |x|, with equality for v.
  const Tensor<double> v(block.buffer(block.buffers()[1].slot));
  const Tensor<double> image = model.predict(v.reshape({1, 5}));
  double squares = 0;
  for (const double each : image.span()) squares += each * each;
  CHECK(std::abs(squares - 1) < 1e-12);
  const Tensor<double> images = model.predict(x);
  for (Index row = 0; row < 3; ++row) {
    double from = 0;
    double to = 0;
    for (const double each : x.rows(row, row + 1).span()) from += each * each;
    for (const double each : images.rows(row, row + 1).span()) to += each * each;
    CHECK(to <= from * (1 + 1e-12));
  }
}

TEST_CASE("spectral_norm: two passes before backward(), steps without allocations, copies and moves") {
  Model<Net, double> model;
  auto copy = model;
  const auto real = numbers({5, 4}, 1);
  const auto fake = numbers({5, 4}, 2);
  SGD<double> optimizer(model.parameters(), {.lr = 0.1, .momentum = 0.5});
  const auto step = [&] {
    optimizer.zero_grad();
    const auto first = sum(model(real));
    const auto loss = first - sum(model(fake));
    loss.backward();
    optimizer.step();
    return loss.item();
  };
  const double first = step();
  static_cast<void>(step());
  CHECK(wick_tests::allocations_in(step) == 0);
  CHECK(step() < first);
  // The copy has buffers of its own, and goes the same way.
  optimizer = SGD<double>(copy.parameters(), {.lr = 0.1, .momentum = 0.5});
  const auto other = std::move(model);
  model = std::move(copy);
  for (int k = 0; k < 4; ++k) static_cast<void>(step());
  CHECK(model.state_dict() == other.state_dict());
}

TEST_CASE("spectral_norm: programs and files have u and v as they were traced") {
  Model<Net, double> model;
  const auto x = numbers({5, 4}, 1);
  static_cast<void>(model(x));
  const Tensor<double> y = model.predict(x);
  std::stringstream file;
  const auto program = trace(model, Shape{4});
  save_program(program, model, file);
  auto loaded = load_model<double>(file);
  const Tensor<double> by_file = loaded.predict(x);
  CHECK(same(y.view(), by_file.view()));
  Workspace<double> workspace;
  for (const Index rows : {Index{1}, Index{2}, Index{5}}) {
    const Tensor<double> some(x.rows(0, rows));
    const Tensor<double> by_program(program(std::as_const(*model.parameters()).values(), some, workspace));
    CHECK(same(by_program.view(), y.rows(0, rows)));
  }
}

TEST_CASE("spectral_norm: layers that are known when the program runs, and indices") {
  Model<Built, double> model;
  CHECK(contains((std::ostringstream() << model).str(), "(0): _SpectralNorm()"));
  CHECK(model.predict(numbers({2, 4}, 1)).shape() == Shape{2, 2});
  const Model<SpectralNorm<Embedding<double>>, double> table(5, 3);
  const Tensor<double> by_index = table.predict(Tensor<std::int64_t>::from({4, 0}));
  const Tensor<double> by_number = table.predict(Tensor<double>::from({4, 0}));
  CHECK(same(by_index.view(), by_number.view()));
  const Model<SpectralNorm<EmbeddingBag<double>>, double> bag(5, 3);
  const auto bags = Tensor<std::int64_t>::from({4, 0, 1});
  CHECK(bag.predict(bags, Tensor<std::int64_t>::from({0, 1})).shape() == Shape{2, 3});
}

TEST_CASE("spectral_norm: what is wrong is refused; zeros, NaN and no rows") {
  CHECK(message_of<OptionError>([] {
          Model<Layer, double>(SpectralNormOptions{.n_power_iterations = 0}, 3, 2);
        }) == "spectral_norm: Expected n_power_iterations to be positive, but got n_power_iterations=0");
  CHECK(message_of<IndexError>([] { Model<Layer, double>(SpectralNormOptions{.dim = -3}, 3, 2); }) ==
        "spectral_norm: Dimension out of range (expected to be in range of [-2, 1], but got -3)");
  CHECK(contains(message_of<OptionError>([] { Model<Layer, double>(SpectralNormOptions{.eps = -1}, 3, 2); }),
                 "eps must be >= 0"));
  using Table = SpectralNorm<Embedding<double>>;
  CHECK(
      contains(message_of<OptionError>([] { Model<Table, double>(5, 2, EmbeddingOptions{.max_norm = 1.0}); }),
               "max_norm writes to the weight"));
  Model<Layer, double> model(3, 2);
  CHECK(model.predict(Tensor<double>::ones({0, 3})).shape() == Shape{0, 2});
  for (const double value : {0.0, std::nan("")}) {
    std::ranges::fill(model.parameters()->value("parametrizations.weight.original").span(), value);
    Recorder<double> recorder;
    const auto y = model(recorder->input(Tensor<double>::ones({1, 3})));
    for (const double each : y.value().span()) CHECK(std::isnan(each));
  }
}
