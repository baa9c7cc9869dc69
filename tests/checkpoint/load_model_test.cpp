#include <wick/checkpoint/load_model.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/nn.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <utility>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

// What depends on the number of samples, tied weights, dropout and numbers of its own.
struct Mixed {
  Linear<float> first, up, down;
  LayerNorm<float> norm;
  Dropout drop{0.25};
  explicit Mixed(const Scope<float>& s)
      : first(s / "first", 6, 8),
        up(s / "up", 8, 8),
        down((s / "down").tie("weight", up.weight()), 8, 8),
        norm(s / "norm", 8) {}
  auto operator()(const auto& x) const {
    const auto h = drop(gelu_tanh(first(x)));
    const auto two = reshape(h, Shape{x.size(0), 2, 4});
    const auto turned = flatten(permute(two, {0, 2, 1}), 1);
    const auto masked =
        where(Tensor<bool>::from({true, false, true, true, false, true, true, true}), turned, 0.5F);
    const auto parts = cat({narrow(masked, 1, 4, 4), narrow(masked, 1, 0, 4)}, 1);
    const auto y = norm(h + down(tanh(up(parts))) * 0.5F);
    return maximum(y, -1.0F) - mean(abs(y), 1, true);
  }
};

Model<Mixed> mixed() {
  Generator generator(5);
  return Model<Mixed>(generator);
}

template <class Model>
std::pair<StateDict, double> trained(Model& model, int steps) {
  Generator data(3);
  const auto x = rand<float>({7, 6}, data);
  const auto y = randn<float>({7, 8}, data);
  Adam<float> optimizer(model.parameters(), {.lr = 0.01});
  manual_seed(11);
  double last = 0;
  for (int i = 0; i < steps; ++i) {
    optimizer.zero_grad();
    const auto loss = mse_loss(model(x), y);
    loss.backward();
    optimizer.step();
    last = static_cast<double>(loss.item());
  }
  return {model.state_dict(), last};
}

}  // namespace

namespace {

template <class Printed>
std::string printed(const Printed& model) {
  std::ostringstream out;
  out << model;
  return out.str();
}

}  // namespace

TEST_CASE("a model from a file predicts, trains and is saved as the one that was saved, without its class") {
  const TempDir dir;
  Generator data(1);
  const auto x = rand<float>({9, 6}, data);
  for (const char* file : {"m.wick", "m.pth", "m.safetensors"}) {
    CAPTURE(file);
    auto model = mixed();
    save_program(trace(model, Shape{6}), model, dir / file);
    auto loaded = load_model(dir / file);
    CHECK(loaded.training());
    CHECK(loaded.state_dict() == model.state_dict());
    CHECK(loaded.predict(x) == model.predict(x));
    // Dropout draws the same, and the derivative of every step is the same.
    const auto expected = trained(model, 5);
    CHECK(trained(loaded, 5) == expected);
    CHECK(loaded.predict(x) == model.predict(x));
    // As many samples as there are.
    CHECK(loaded.predict(x.rows(0, 1)).shape() == Shape{1, 8});

    save_checkpoint(loaded, dir / "again.wick");
    const auto again = load_model(dir / "again.wick");
    CHECK(again.state_dict() == expected.first);
    CHECK(again.predict(x) == model.predict(x));
    CHECK(printed(again) == printed(model));
    // A class that is known takes the file as well, tied weights under both names.
    auto other = mixed();
    static_cast<void>(load_checkpoint(other, dir / "again.wick"));
    CHECK(other.state_dict() == expected.first);
  }
}

TEST_CASE("a loaded model is traced again, and predicts for applications") {
  std::ostringstream out;
  const auto model = mixed();
  save_program(trace(model, Shape{6}), model, out);
  const std::string text = out.str();
  const auto loaded = load_model(std::as_bytes(std::span(text)));
  const auto retraced = trace(loaded, Shape{6});
  Generator data(1);
  const auto x = rand<float>({9, 6}, data);
  Workspace<float> workspace;
  const auto y = retraced(loaded.parameters()->values(), x, workspace);
  CHECK(Tensor<float>(y) == model.predict(x));
  const Predictor predictor = make_predictor(loaded, {6}, {.outputs = PredictorOutputs::values});
  auto memory = predictor.workspace(9);
  CHECK(std::ranges::equal(predictor.outputs(x.span(), memory), y.span()));
}

TEST_CASE("a step with a loaded model allocates nothing after the second one") {
  std::ostringstream out;
  const auto model = mixed();
  save_program(trace(model, Shape{6}), model, out);
  std::istringstream in(out.str());
  auto loaded = load_model(in);
  Generator data(3);
  const auto x = rand<float>({7, 6}, data);
  const auto y = randn<float>({7, 8}, data);
  Adam<float> optimizer(loaded.parameters(), {.lr = 0.01});
  const auto step = [&] {
    optimizer.zero_grad();
    mse_loss(loaded(x), y).backward();
    optimizer.step();
  };
  step();
  step();
  CHECK(wick_tests::allocations_in(step) == 0);
}

TEST_CASE("a checkpoint of a Network becomes a model that trains as it does") {
  const TempDir dir;
  Generator generator(1);
  const Network<float> network(6, 3, {5, 4}, {.dropout = 0.25}, generator);
  save_checkpoint(network, dir / "n.wick");
  auto loaded = load_model(dir / "n.wick");
  Generator data(1);
  const auto x = rand<float>({9, 6}, data);
  CHECK(loaded.predict(x) == network.predict(x));
  CHECK(loaded.state_dict() == network.state_dict());
  CHECK(printed(loaded) == printed(network));
  auto copy = network;
  const auto target = Tensor<std::int64_t>::from({0, 1, 2, 0, 1, 2, 2, 1, 0});
  manual_seed(4);
  nll_loss(loaded(x), target).backward();
  manual_seed(4);
  nll_loss(copy(x), target).backward();
  CHECK(std::ranges::equal(std::as_const(*loaded.parameters()).grads(),
                           std::as_const(*copy.parameters()).grads()));
}

TEST_CASE("a file that does not say what is computed takes a model of that structure") {
  const TempDir dir;
  const auto model = mixed();
  save(model, dir / "m.pth");
  CHECK(contains(message_of<FormatError>([&] { static_cast<void>(load_model(dir / "m.pth")); }),
                 "the file does not say what is computed of its parameters: make a model of that structure"));
  Generator generator(6);
  const auto loaded = load_model(dir / "m.pth", Model<Mixed>(generator));
  CHECK(loaded.state_dict() == model.state_dict());
  save_checkpoint(model, dir / "m.wick");
  CHECK(contains(message_of<FormatError>([&] { static_cast<void>(load_model(dir / "m.wick")); }),
                 "the user's own class \"Mixed\""));
}

TEST_CASE("misuse of loaded models is said") {
  std::ostringstream out;
  const auto model = mixed();
  save_program(trace(model, Shape{6}), model, out);
  std::istringstream in(out.str());
  auto loaded = load_model(in);
  Generator data(1);
  CHECK(contains(message_of<ShapeError>([&] {
                   static_cast<void>(loaded(rand<float>({2, 5}, data)));
                 }),
                 "program: expected input 0 of shape [*, 6], * for 2 samples, got [2, 5]"));
  CHECK_THROWS_AS(static_cast<void>(loaded(rand<float>({6}, data))), ShapeError);
  const auto x = rand<float>({2, 6}, data);
  CHECK(contains(message_of<Error>([&] { static_cast<void>(loaded(x, x)); }),
                 "program: expected 1 inputs and 1 outputs, got 2 and 1"));
  CHECK_THROWS_AS(static_cast<void>(trace(loaded, Shape{5})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(trace(loaded, Shape{6}, Shape{6})), Error);
  // Tied names of a file that are no parameters of it.
  auto archive = detail::program_archive(model.state_dict(), "Mixed",
                                         describe_program(trace(model, Shape{6}), *model.parameters()),
                                         {"down.weight", "up.bias"}, {});
  CHECK(contains(message_of<FormatError>([&] {
                   static_cast<void>(detail::program_of<float>(archive, all_operations(), "m.wick", {}));
                 }),
                 "\"down.weight\" is said to be tied to \"up.bias\""));
}
