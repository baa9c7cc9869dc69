#include <wick/checkpoint/program_file.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/autograd.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checkpoint/model_checkpoint.hpp>
#include <wick/graph/all_operations.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/nn.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

// A residual block with layer normalisation, as a user writes it.
struct Classifier {
  Linear<float> first, up, down, last;
  LayerNorm<float> norm;
  explicit Classifier(const Scope<float>& s)
      : first(s / "first", 5, 8),
        up(s / "up", 8, 16),
        down(s / "down", 16, 8),
        last(s / "last", 8, 3),
        norm(s / "norm", 8) {}
  auto operator()(const auto& x) const {
    const auto h = first(x);
    return last(h + down(gelu_tanh(up(norm(h)))));
  }
};

Model<Classifier> classifier() {
  Generator generator(5);
  return Model<Classifier>(generator);
}

const std::vector<std::string> names{"cat", "dog", "cow"};

}  // namespace

TEST_CASE("a file with a program predicts without the class of its model, in every format") {
  const TempDir dir;
  const auto model = classifier();
  Generator data(1);
  const auto x = rand<float>({7, 5}, data);
  const auto expected = model.predict(x);
  const Program<float> program = trace(model, Shape{5});
  CheckpointExtras extras;
  extras.metadata = {{"classes", names}, {"normalize.mean", 0.25}, {"normalize.std", 2.0}};
  for (const char* file : {"m.wick", "m.pth", "m.safetensors"}) {
    save_program(program, model, dir / file, extras);
    const LoadedProgram<float> loaded = load_program(dir / file, all_operations());
    CHECK(loaded.class_name == "Classifier");
    Workspace<float> workspace;
    const auto y = loaded.program(std::as_const(*loaded.parameters).values(), x, workspace);
    CHECK(std::ranges::equal(y.span(), expected.span()));

    const Predictor classes = make_predictor(loaded, {.outputs = PredictorOutputs::logits});
    CHECK(classes.class_names()[2] == "cow");
    CHECK(classes.std() == 2.0);
    auto memory = classes.workspace(7);
    const auto logs = classes.outputs(x.span(), memory);
    const auto truth = log_softmax(default_tape<float>().input(expected)).tensor();
    CHECK(std::ranges::equal(logs, truth.span()));
    std::array<Prediction, 3> top{};
    const std::array<float, 5> pixels{0.1F, 0.9F, 0.3F, 0.7F, 0.5F};
    CHECK(classes.predict(Pixels::floats(pixels.data(), 5, 1), top, memory) == 3);
    CHECK(top[0].probability + top[1].probability + top[2].probability == doctest::Approx(1));

    const Predictor values = make_predictor(loaded, {.outputs = PredictorOutputs::values});
    auto own = values.workspace(7);
    CHECK(std::ranges::equal(values.outputs(x.span(), own), expected.span()));
    CHECK(values.predict(Pixels::floats(pixels.data(), 5, 1), top, own) == 0);
    CHECK(values.class_names().empty());

    // The same file for a program that has the class.
    Model<Classifier> other;
    const CheckpointExtras found = load_checkpoint(other, dir / file);
    const auto again = other.predict(x);
    CHECK(std::ranges::equal(again.span(), expected.span()));
    CHECK(found.metadata.contains("classes"));
  }
  CHECK(contains(message_of<FormatError>([&] { static_cast<void>(load_checkpoint<float>(dir / "m.wick")); }),
                 "the file holds a model of class \"Classifier\", which is no Network, and its program: "
                 "load_program(path, all_operations())"));
}

TEST_CASE("a predictor of a model in memory has a copy of its parameters") {
  auto model = classifier();
  Generator data(1);
  const auto x = rand<float>({2, 5}, data);
  const auto before = model.predict(x);
  const Predictor predictor = make_predictor(model, {5}, {.outputs = PredictorOutputs::values});
  model.parameters()->value("last.bias").fill(9);
  auto workspace = predictor.workspace(2);
  CHECK(std::ranges::equal(predictor.outputs(x.span(), workspace), before.span()));
  CHECK(contains(
      message_of<OptionError>([&] { static_cast<void>(make_predictor(model, {5}, {.classes = names})); }),
      "class names for a model whose outputs are values"));
  CHECK(contains(message_of<OptionError>([&] {
                   static_cast<void>(make_predictor(
                       model, {5}, {.outputs = PredictorOutputs::logits, .classes = {"a", "b"}}));
                 }),
                 "expected 3 class names, one for each output, got 2"));
  CHECK_THROWS_AS(static_cast<void>(make_predictor(model, {6})), ShapeError);
}

TEST_CASE("programs in files are checked") {
  const auto model = classifier();
  std::ostringstream out;
  save_program(trace(model, Shape{5}), model, out);
  const std::string text = out.str();
  const auto load = [&](const std::string& bytes, OperationTable<float> operations = all_operations()) {
    return load_program<float>(std::as_bytes(std::span(bytes)), operations);
  };
  const auto good = load(text);
  CHECK(good.program.outputs().size() == 1);
  CHECK(contains(message_of<FormatError>([&] { static_cast<void>(load(text, {})); }),
                 "<memory>: program: operation \"linear\" is not in the table of operations"));
  REQUIRE(good.modules.size() > 1);
  // A text of equal length in its place: a module that is there twice, or ahead of the one that it is in.
  const auto with = [&](std::string_view from, std::string_view to) {
    Archive archive = read_any(std::as_bytes(std::span(text))).archive;
    Attributes described = *archive.find_attributes("architecture");
    auto modules = described.get<std::vector<std::string>>("modules");
    std::ranges::replace(modules, std::string(from), std::string(to));
    if (to == "drop") modules.pop_back();
    described.set("modules", modules);
    Archive changed;
    for (const auto& [name, tensors] : archive.tensors) changed.add_tensors(name, tensors);
    changed.add_attributes("architecture", described);
    std::ostringstream bytes;
    write_any(changed, bytes, FileFormat::wick);
    return message_of<FormatError>([&] { static_cast<void>(load(bytes.str())); });
  };
  CHECK(contains(with(good.modules[0].path, good.modules[1].path), "each module once and behind the one"));
  CHECK(contains(with(good.modules[0].path, "a.b"),
                 "each module once and behind the one that it is in, got \"a.b\""));
  CHECK(contains(with(good.modules[0].path, ""), "got \"\""));
  CHECK(contains(with("", "drop"), "expected path, class and more of each module"));
  std::ostringstream plain;
  save(model, plain);
  CHECK(contains(message_of<FormatError>([&] { static_cast<void>(load(plain.str())); }),
                 "the file has no program; save_program() writes one"));
  Generator generator(1);
  const Model<Classifier> other(generator);
  Network<float> network(5, 3, {4}, {}, generator);
  std::ostringstream unused;
  CHECK_THROWS_AS(save_program(trace(model, Shape{5}), network, unused), IndexError);
}
