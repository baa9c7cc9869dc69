#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/own_format.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/all_activations.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::message_of;

TEST_CASE("a file of wick's own predicts as by the interface for all formats") {
  const wick_tests::TempDir dir;
  Generator generator(3);
  const Network<float> model(12, 5, {7}, {}, generator);
  const auto path = dir / "f.wick";
  save_checkpoint(model, path,
                  {.metadata = {{"classes", std::vector<std::string>{"a", "b", "c", "d", "e"}}}});
  const auto bytes = wick_tests::read_bytes(path);
  const std::vector<float> row(12, 0.5F);
  const auto results_of = [&](const Predictor& predictor) {
    auto workspace = predictor.workspace();
    const auto outputs = predictor.outputs(row, workspace);
    return std::vector<float>(outputs.begin(), outputs.end());
  };
  const std::vector<float> expected = results_of(load_predictor(path));
  REQUIRE(expected.size() == 5);
  CHECK(results_of(load_own_predictor(path)) == expected);
  CHECK(results_of(load_own_predictor(bytes)) == expected);
  CHECK(results_of(*try_load_own_predictor(path)) == expected);
  CHECK(results_of(*try_load_own_predictor(bytes)) == expected);
  const auto predictor = load_own_predictor(path);
  CHECK(predictor.class_names()[4] == "e");
  CHECK(predictor.notes().empty());
  const auto renamed = load_own_predictor(path, {.classes = {"1", "2", "3", "4", "5"}});
  CHECK(renamed.class_names()[4] == "5");
}

TEST_CASE("a network with a module as its activation needs a table of modules") {
  const wick_tests::TempDir dir;
  Generator generator(3);
  const Network<float> model(2, 3, {4}, {.activation_module = activation_of<LeakyReLU>(0.2)}, generator);
  save_checkpoint(model, dir / "f.wick");
  const auto predictor = load_own_predictor(dir / "f.wick", {.activations = &all_activations()});
  auto workspace = predictor.workspace();
  const std::vector<float> row{0.5F, -0.5F};
  const auto outputs = predictor.outputs(row, workspace);
  const Tensor<float> expected = model.predict(TensorView<const float>(row.data(), Shape{1, 2}));
  CHECK(std::ranges::equal(outputs, expected.span()));
  CHECK(message_of<FormatError>([&] { static_cast<void>(load_own_predictor(dir / "f.wick")); }) ==
        message_of<FormatError>([&] { static_cast<void>(load_predictor(dir / "f.wick")); }));
}

TEST_CASE("other files are refused by name") {
  const wick_tests::TempDir dir;
  Generator generator(3);
  const Network<float> model(2, 2, {3}, {}, generator);
  save_checkpoint(model, dir / "f.safetensors");
  const std::string text =
      message_of<FormatError>([&] { static_cast<void>(load_own_predictor(dir / "f.safetensors")); });
  CHECK(text.find("f.safetensors") != text.npos);
  CHECK(try_load_own_predictor(dir / "f.safetensors").error() == text);
  CHECK(try_load_own_predictor(dir / "none.wick").error() == try_load_predictor(dir / "none.wick").error());
}

TEST_CASE("a single output is a value") {
  const wick_tests::TempDir dir;
  Generator generator(3);
  const Network<float> model(2, 1, {3}, {}, generator);
  save_checkpoint(model, dir / "f.wick");
  const std::vector<float> row{0.5F, -0.5F};
  const auto predictor = load_own_predictor(dir / "f.wick", {.outputs = PredictorOutputs::values});
  auto workspace = predictor.workspace();
  const Tensor<float> expected = model.logits(TensorView<const float>(row.data(), Shape{1, 2}));
  CHECK(predictor.outputs(row, workspace)[0] == expected.at(0, 0));
  CHECK(message_of<OptionError>([&] { static_cast<void>(load_own_predictor(dir / "f.wick")); }) ==
        message_of<OptionError>([&] { static_cast<void>(load_predictor(dir / "f.wick")); }));
}
