// docs/tool.md: its examples are run, and what they print is compared with what is shown.

#include "support/throws.hpp"
#include "tool/nearest_mean.hpp"
#include "tool/tool.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/image/image.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/train_state.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using wick::Index;
using wick::Shape;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

namespace {

/// A command of the document and the lines below it.
struct Example {
  std::string command;
  std::string shown;
};

std::vector<Example> examples_of(const std::filesystem::path& document) {
  std::ifstream in(document);
  REQUIRE(in);
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      examples.push_back({line.substr(2), ""});
    } else if (inside) {
      REQUIRE(!examples.empty());
      examples.back().shown += line + "\n";
    }
  }
  return examples;
}

std::string without_trailing_spaces(const std::string& text) {
  std::istringstream in(text);
  std::string result;
  for (std::string line; std::getline(in, line);)
    result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  return result;
}

/// The network of the document: its first ten units and an output that passes them on are a
/// classifier by the nearest mean, everything else is zero.
wick::Checkpoint<float> fashion(const wick_tests::NearestMean& means) {
  wick::Network<float> model(784, 10, {512, 256, 128});
  wick::StateDict parameters;
  // So large that ReLU changes none of the ten.
  constexpr float offset = 200;
  for (const auto& [name, tensor] : model.state_dict()) {
    auto values = wick::Tensor<float>::zeros(tensor.shape());
    if (name.ends_with("weight")) {
      for (Index c = 0; c < 10; ++c) values.at(c, c) = 1;
    }
    if (name == "hidden_layers.0.weight") std::ranges::copy(means.weight, values.data());
    if (name == "hidden_layers.0.bias") {
      for (std::size_t c = 0; c < 10; ++c) values.data()[c] = means.bias[c] + offset;
    }
    parameters.insert(name, wick::AnyTensor::copy_of(values));
  }
  model.load_state_dict(parameters);
  wick::Adam<float> optimizer(model.parameters(), {.lr = 0.001});
  std::ranges::fill(model.parameters()->grads(), 0.F);
  optimizer.step();
  model.load_state_dict(parameters);
  wick::TrainState state;
  state.epoch = 2;
  state.step = 1876;
  auto [attributes, tensors] = wick::to_checkpoint(state);
  wick::Checkpoint<float> result{
      model,
      {.optimizer = optimizer.state(),
       .training = attributes,
       .training_tensors = tensors,
       .metadata = {
           {"classes", wick::FashionMNIST::class_names()}, {"normalize.mean", 0.5}, {"normalize.std", 0.5}}}};
  result.extras.optimizer->step = 1876;
  return result;
}

void make_files(const TempDir& dir, const std::optional<wick_tests::FashionTestSet>& data) {
  const auto checkpoint = fashion(data ? wick_tests::nearest_mean(data->images) : wick_tests::NearestMean());
  wick::save_checkpoint(checkpoint.model, dir / "fashion.wick", checkpoint.extras);
  auto bytes = wick_tests::read_bytes(dir / "fashion.wick");
  // Within the 1,605,632 bytes of the first weight, which come first in the file.
  bytes[1'000'000] ^= std::byte{4};
  wick_tests::write_bytes(dir / "damaged.wick", bytes);

  wick::StateDict earlier;
  for (const auto& [name, tensor] : checkpoint.model.state_dict()) {
    auto values = tensor.to<float>();
    if (name == "output.bias") values.data()[3] = 0.25F;
    if (name == "output.weight") values.at(1, 1) = 1.5F;
    earlier.insert(name, wick::AnyTensor::copy_of(values));
  }
  auto model = checkpoint.model;
  model.load_state_dict(earlier);
  wick::save_checkpoint(model, dir / "epoch1.wick", checkpoint.extras);

  write_model(dir / "tiny.wick", {{"w", tensor_of<float>({1, 2}, Shape{1, 2})}},
              {{"classes", std::vector<std::string>{"no", "yes"}}});
  if (data) {
    wick::save_png(data->images.image(1), dir / "pullover.png");
    std::filesystem::copy_file(data->images_path, dir / "t10k-images-idx3-ubyte.gz");
  }
}

}  // namespace

TEST_CASE("the examples in docs/tool.md print what is shown") {
  const auto data = wick_tests::fashion_test_set();
  if (!data) MESSAGE("Fashion-MNIST is not installed: examples of wick predict are skipped");
  const TempDir dir;
  make_files(dir, data);
  int code = 0;
  int run = 0;
  for (const Example& example : examples_of(std::filesystem::path(WICK_SOURCE_DIR) / "docs" / "tool.md")) {
    const std::string& command = example.command;
    const std::string& shown = example.shown;
    if (!data && command.starts_with("wick predict")) continue;
    INFO("$ " << command);
    ++run;
    if (command == "echo $?") {
      CHECK(shown == std::to_string(code) + "\n");
      continue;
    }
    std::istringstream words(command);
    std::vector<std::string> arguments(std::istream_iterator<std::string>(words), {});
    REQUIRE(arguments.size() > 1);
    REQUIRE(arguments[0] == "wick");
    arguments.erase(arguments.begin());
    const auto result = wick_tests::run_tool(arguments, dir.path());
    code = result.code;
    // Each example prints to one of them only, or first to the one with errors.
    CHECK(without_trailing_spaces(result.err + result.out) == shown);
  }
  CHECK(run >= 10);
}
