// Networks whose hidden layers have any activation: trained, printed, saved, rebuilt, and asked for
// predictions.

#include <wick/nn/all_activations.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checkpoint/load_model.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/models/static_network.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/gelu.hpp>
#include <wick/ops.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/random/distributions.hpp>
#include <wick/training/training_checkpoint.hpp>

#include <wick/autograd/losses.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

struct Case {
  ModuleActivation activation;
  std::function<Tensor<float>(const Tensor<float>&)> of_tensors;  ///< the same, of the room of operations
  const char* printed;                                            ///< by PyTorch
};

/// Each with numbers that are not its defaults.
std::vector<Case> all_cases() {
  using Input = const Tensor<float>&;
  return {
      {activation_of<LeakyReLU>(0.2), [](Input x) { return leaky_relu(x, 0.2); },
       "LeakyReLU(negative_slope=0.2)"},
      {activation_of<ELU>(1.5), [](Input x) { return elu(x, 1.5); }, "ELU(alpha=1.5)"},
      {activation_of<SELU>(), [](Input x) { return selu(x); }, "SELU()"},
      {activation_of<CELU>(0.5), [](Input x) { return celu(x, 0.5); }, "CELU(alpha=0.5)"},
      {activation_of<GELU>(), [](Input x) { return gelu(x, "none"); }, "GELU(approximate='none')"},
      {activation_of<SiLU>(), [](Input x) { return silu(x); }, "SiLU()"},
      {activation_of<Mish>(), [](Input x) { return mish(x); }, "Mish()"},
      {activation_of<Softplus>(2), [](Input x) { return softplus(x, 2, 20); },
       "Softplus(beta=2.0, threshold=20.0)"},
      {activation_of<LogSigmoid>(), [](Input x) { return logsigmoid(x); }, "LogSigmoid()"},
      {activation_of<Hardtanh>(-0.25, 0.75), [](Input x) { return hardtanh(x, -0.25, 0.75); },
       "Hardtanh(min_val=-0.25, max_val=0.75)"},
      {activation_of<ReLU6>(), [](Input x) { return relu6(x); }, "ReLU6()"},
      {activation_of<Hardsigmoid>(), [](Input x) { return hardsigmoid(x); }, "Hardsigmoid()"},
      {activation_of<Hardswish>(), [](Input x) { return hardswish(x); }, "Hardswish()"},
      {activation_of<Softsign>(), [](Input x) { return softsign(x); }, "Softsign()"},
      {activation_of<Tanhshrink>(), [](Input x) { return tanhshrink(x); }, "Tanhshrink()"},
      {activation_of<Hardshrink>(0.25), [](Input x) { return hardshrink(x, 0.25); }, "Hardshrink(0.25)"},
      {activation_of<Softshrink>(0.25), [](Input x) { return softshrink(x, 0.25); }, "Softshrink(0.25)"},
      {activation_of<Threshold>(0.1, -0.5), [](Input x) { return threshold(x, 0.1, -0.5); },
       "Threshold(threshold=0.1, value=-0.5)"},
      {activation_of<RReLU>(0.25, 0.75), [](Input x) { return leaky_relu(x, 0.5); },
       "RReLU(lower=0.25, upper=0.75)"},
  };
}

Network<float> network(const ModuleActivation& activation,
                       Normalisation normalisation = Normalisation::none) {
  Generator g(3);
  return {6, 3, {8, 5}, {.dropout = 0, .normalisation = normalisation, .activation_module = activation}, g};
}

Tensor<float> layer(const Network<float>& model, const char* name, const Tensor<float>& x) {
  const ParameterBlock<float>& block = *model.parameters();
  const std::string path(name);
  return matmul(x, transpose(Tensor<float>(block.value(path + ".weight")), 0, 1)) +
         Tensor<float>(block.value(path + ".bias"));
}

template <class Value>
std::string text_of(const Value& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// One of a user.
struct Cube {
  auto operator()(const auto& x) const { return x * x * x; }
};

}  // namespace

TEST_CASE("hidden layers take any activation: trained, printed, saved, rebuilt and predicted with") {
  const wick_tests::TempDir dir;
  Generator g(5);
  const auto x = randn<float>({4, 6}, g);
  const auto y = randint(0, 3, {4}, g);
  const BuildOptions build{.activations = &all_activations()};
  const auto cases = all_cases();
  CHECK(cases.size() == all_activations().modules.size());
  for (const Case& c : cases) {
    CAPTURE(c.printed);
    auto model = network(c.activation);
    CHECK(text_of(model).find("(activation): " + std::string(c.printed) + "\n") != std::string::npos);
    CHECK(model.options().activation_module == c.activation);

    // What layers and operations on tensors give.
    const auto expected = layer(
        model, "output",
        c.of_tensors(layer(model, "hidden_layers.1", c.of_tensors(layer(model, "hidden_layers.0", x)))));
    const auto logits = model.logits(x);
    for (Index i = 0; i < logits.numel(); ++i)
      CHECK(logits.data()[i] == doctest::Approx(expected.data()[i]).epsilon(1e-4));

    // A step against the gradient makes the loss smaller, in which the tape has the bits of the program.
    model.eval();
    CHECK(model(x).tensor() == model.predict(x));
    SGD optimizer(model.parameters(), {.lr = 0.01});
    const auto loss = nll_loss(model(x), y);
    loss.backward();
    const float before = loss.item();
    optimizer.step();
    CHECK(nll_loss(model(x), y).item() < before);

    for (const char* const name : {"f.wick", "f.pth"}) {
      save_checkpoint(model, dir / name);
      const auto loaded = load_checkpoint(dir / name, {}, build);
      CHECK(loaded.options() == model.options());
      CHECK(loaded.predict(x) == model.predict(x));
      CHECK(text_of(loaded) == text_of(model));
    }
    auto any = load_model(dir / "f.wick");
    any.eval();
    CHECK(any(x).tensor() == model.predict(x));
    const auto predictor = load_predictor(dir / "f.wick", {.activations = &all_activations()});
    auto workspace = predictor.workspace(4);
    const auto predicted = model.predict(x);
    CHECK(std::ranges::equal(predictor.outputs(x.span(), workspace), predicted.span()));
  }
}

TEST_CASE("an activation of the user's own, with normalisation and in double, and its table") {
  const wick_tests::TempDir dir;
  Generator g(5);
  const ModuleActivation cube = activation_of<Cube>();
  const auto model = network(cube, Normalisation::layer_norm);
  CHECK(text_of(model).find("(activation): Cube()\n") != std::string::npos);
  const auto x = randn<float>({2, 6}, g);
  save_checkpoint(model, dir / "f.wick");
  const std::vector<ModuleActivation> known{activation_of<SiLU>(), cube};
  const ActivationTable table{known};
  const auto loaded = load_checkpoint(dir / "f.wick", {}, {.activations = &table});
  CHECK(loaded.predict(x) == model.predict(x));
  CHECK(message_of<FormatError>([&] {
          static_cast<void>(load_checkpoint(dir / "f.wick", {}, {.activations = &all_activations()}));
        }).ends_with("its \"activation\" is 'Cube', which this version does not know"));

  // A run goes on with it.
  auto trained = network(cube);
  const SGD optimizer(trained.parameters(), {.lr = 0.5});
  save_training_checkpoint(trained, optimizer, TrainState{}, dir / "run.wick");
  const auto run = load_training_checkpoint<SGD>(dir / "run.wick", nullptr, {}, &table);
  CHECK(run.model.options().activation_module == cube);

  const Network<double> wide(1, 2, {1}, {.dropout = 0, .activation_module = cube});
  CHECK(wide.predict(Tensor<double>::full({1, 1}, 2)).numel() == 2);
}

TEST_CASE("what is no activation, or not known to the reader, is refused") {
  const wick_tests::TempDir dir;
  CHECK(message_of<OptionError>([] { static_cast<void>(activation_of<CELU>(0)); }) != "");
  CHECK(message_of<OptionError>([] {
          const Network<float> both(
              2, 2, {2}, {.activation = Activation::tanh, .activation_module = activation_of<SiLU>()});
        }) == "Network: expected `activation` or `activation_module`, got both, tanh and SiLU");
  const auto model = network(activation_of<LeakyReLU>(0.2));
  CHECK(message_of<OptionError>([&] { const StaticNetwork<float, 6, 8, 5, 3> small(model); }) ==
        "StaticNetwork: expected a network with ReLU and without normalisation, got LeakyReLU");

  Archive archive = to_archive(model);
  CHECK(message_of<FormatError>([&] { static_cast<void>(from_archive(archive, "f")); }) ==
        "f: the network cannot be built: its \"activation\" is 'LeakyReLU', which this version does not know "
        "by itself: "
        "include <wick/nn/all_activations.hpp> and set the option `activations` to &wick::all_activations()");
  const BuildOptions build{.activations = &all_activations()};
  const auto refusal = [&](std::vector<double> numbers, const char* type = "LeakyReLU") {
    archive.attributes.front().second.set("activation", std::string(type));
    archive.attributes.front().second.set("activation_numbers", std::move(numbers));
    return message_of<FormatError>([&] { static_cast<void>(from_archive(archive, "f", build)); });
  };
  CHECK(refusal({}) == "f: the network cannot be built: its activation LeakyReLU has 1 numbers, got 0");
  CHECK(refusal({1, 2}) == "f: the network cannot be built: its activation LeakyReLU has 1 numbers, got 2");
  CHECK(refusal({0}, "CELU").starts_with("f: the network cannot be built: CELU"));
  CHECK(refusal({0}, "tanh") ==
        "f: the network cannot be built: its \"activation_numbers\" is no text, which this "
        "version does not know");
}
