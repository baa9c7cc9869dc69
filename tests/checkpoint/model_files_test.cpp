// Files as users of PyTorch have them: found, loaded exactly, or refused with the option that helps.
// tests/reference/make_model_files.py

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/io/save.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using wick::BuildOptions;
using wick::Network;
using wick::ParameterNames;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

const std::filesystem::path folder = std::filesystem::path(WICK_TEST_DATA) / "model_files";

/// PyTorch's numbers, by name.
std::vector<float> numbers(const std::string& name) {
  std::ifstream file(folder / "inputs.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key != name) continue;
    std::vector<float> values;
    for (double x = 0; words >> x;) values.push_back(static_cast<float>(x));
    return values;
  }
  FAIL("no numbers of that name");
  return {};
}

wick::Tensor<float> input() {
  const auto x = numbers("x");
  wick::Tensor<float> result({1, static_cast<wick::Index>(x.size())});
  std::ranges::copy(x, result.data());
  return result;
}

void check_close(std::span<const float> found, const std::vector<float>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-5));
}
void check_close(const wick::Tensor<float>& found, const std::vector<float>& expected) {
  check_close(found.span(), expected);
}

std::string refused(const char* name, const BuildOptions& options = {}) {
  return message_of<wick::FileError>(
      [&] { static_cast<void>(wick::load_checkpoint(folder / name, {}, options)); });
}

}  // namespace

TEST_CASE("a state dict is found where files have it") {
  for (const char* name :
       {"own.pth", "two_levels.pth", "nested.pth", "tuple.pth", "extra_state.pth", "extra_tensor.pth",
        "model.safetensors.index.json", "pytorch_model.bin.index.json"}) {
    CAPTURE(std::string(name));
    check_close(wick::load_checkpoint(folder / name).predict(input()), numbers("own"));
  }
  const auto options = wick::ReadOptions{.key = "agent.actor"};
  check_close(wick::load_checkpoint(folder / "two_nested.pth", options).predict(input()), numbers("own"));
  CHECK(refused("two.pth").ends_with(
      "/two.pth: the file holds 2 state dicts: \"generator\", \"discriminator\"; say which one with a key"));
  CHECK(
      refused("two_nested.pth")
          .ends_with(
              ": the file holds 2 state dicts: \"agent.actor\", \"agent.critic\"; say which one with a key"));
  // The optimizer belongs to it.
  CHECK(wick::read_checkpoint(folder / "two_levels.pth").extras.optimizer.has_value());
}

TEST_CASE("a prefix is named, and taken off when that is asked for") {
  CHECK(
      refused("prefix.pth").ends_with("all names begin with \"module.\": .prefix = \"module.\" removes it"));
  check_close(wick::load_checkpoint(folder / "prefix.pth", {}, {.prefix = "module."}).predict(input()),
              numbers("own"));
  const auto predictor = wick::load_predictor(folder / "prefix.pth", {.prefix = "module."});
  auto workspace = predictor.workspace();
  check_close(predictor.outputs(numbers("x"), workspace), numbers("own"));
  CHECK(predictor.notes().empty());
}

TEST_CASE("one network of several is taken by the beginning of its names") {
  CHECK(contains(refused("actor_critic.pth", {.names = ParameterNames::by_shape}),
                 "the names begin with \"actor.\" (4), \"critic.\" (4): .only = {\"actor.\"} takes those"));
  const BuildOptions actor{.names = ParameterNames::by_shape, .only = {"actor."}};
  check_close(wick::load_checkpoint(folder / "actor_critic.pth", {}, actor).predict(input()),
              numbers("actor"));
  const BuildOptions policy{.names = ParameterNames::by_shape,
                            .only = {"extractor.policy_net.", "action_net."}};
  check_close(wick::load_checkpoint(folder / "policy.pth", {}, policy).predict(input()), numbers("policy"));
  const auto predictor = wick::load_predictor(
      folder / "policy.pth", {.by_shape = true, .only = {"extractor.policy_net.", "action_net."}});
  auto workspace = predictor.workspace();
  check_close(predictor.outputs(numbers("x"), workspace), numbers("policy"));
  CHECK(contains(refused("actor_critic.pth", {.only = {"agent."}}),
                 "the options leave none of the parameters; the file has \"actor.0.weight\", "));
  const auto renamed = wick::load_predictor(
      folder / "sequential.pth", {.rename = [](std::string_view name) -> std::optional<std::string> {
        return (name[0] == '0' ? "hidden_layers.0" : "output") + std::string(name.substr(1));
      }});
  auto own = renamed.workspace();
  check_close(renamed.outputs(numbers("x"), own), numbers("own"));
}

TEST_CASE("layers without a bias give PyTorch's results") {
  for (const auto& [name, names] : {std::pair("no_bias.pth", ParameterNames::by_shape),
                                    std::pair("no_bias_own.pth", ParameterNames::own)}) {
    const auto model = wick::load_checkpoint(folder / name, {}, {.names = names});
    check_close(model.predict(input()), numbers("no_bias"));
    for (const float x : model.parameters()->value("output.bias").span()) CHECK(x == 0);
  }
}

TEST_CASE("an averaged model is matched by shape without its counter") {
  const auto model = wick::load_checkpoint(folder / "averaged.pth", {}, {.names = ParameterNames::by_shape});
  check_close(model.predict(input()), numbers("own"));
}

TEST_CASE("what matching by shape assumes is said") {
  std::ostringstream out;
  const BuildOptions options{.names = ParameterNames::by_shape, .out = &out};
  static_cast<void>(wick::load_checkpoint(folder / "tanh.pth", {}, options));
  CHECK(contains(
      out.str(),
      "tanh.pth: the layers were matched by names and shapes, which do not say what is between them: "
      "ReLU is assumed"));
  CHECK(wick::read_checkpoint(folder / "tanh.pth", {}, {.names = ParameterNames::by_shape}).notes.size() ==
        1);
  CHECK(wick::load_predictor(folder / "tanh.pth", {.by_shape = true}).notes().size() == 1);
  CHECK(wick::read_checkpoint(folder / "own.pth").notes.empty());
}

TEST_CASE("one output is no class: predictions are refused, the raw output is there") {
  const auto model = wick::load_checkpoint(folder / "one_output.pth");
  const char* refusal =
      "Network::predict: expected a network with two outputs or more, got one, whose log-softmax is always "
      "0; logits() "
      "gives it raw";
  CHECK_THROWS_WITH_AS(static_cast<void>(model.predict(input())), refusal, wick::Error);
  CHECK_THROWS_AS(static_cast<void>(wick::load_predictor(folder / "one_output.pth")), wick::OptionError);
  const auto critic = wick::load_checkpoint(folder / "actor_critic.pth", {},
                                            {.names = ParameterNames::by_shape, .only = {"critic."}});
  check_close(critic.logits(input()), numbers("critic"));
}

TEST_CASE("files without a model say what they hold") {
  CHECK(contains(refused("list.pth"), "the file has a list of 4 tensors without names"));
  CHECK(contains(refused("int_keys.pth"), "4 tensors whose names are of type int, not text"));
  CHECK(contains(refused("bytes_keys.pth"), "4 tensors whose names are of type bytes, not text"));
  CHECK(contains(refused("mixed.pth"), "and other values in one dict, 'epoch' among them"));
  CHECK(contains(refused("sgd.pth"), "the state of an optimizer and no model"));
  CHECK(contains(refused("scheduler.pth"), "got a value of type dict without tensors"));
}

TEST_CASE("a dropout that is no number is noted") {
  const auto checkpoint = wick::read_checkpoint(folder / "dropout_text.pth");
  CHECK(checkpoint.model.dropout().p() == 0.5);
  REQUIRE(checkpoint.notes.size() == 1);
  CHECK(checkpoint.notes[0] ==
        "\"dropout\" is a value of type str, not a number in [0, 1]; the network gets 0.5");
}
