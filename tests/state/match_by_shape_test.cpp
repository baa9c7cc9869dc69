#include <wick/state/match_by_shape.hpp>
#include <wick/state/module_groups.hpp>
#include <wick/state/rename_keys.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

AnyTensor zeros(const Shape& shape) { return AnyTensor::copy_of(Tensor<float>::zeros(shape)); }

using Layers = std::vector<std::pair<std::string, std::pair<Index, Index>>>;

/// Names and shapes of linear layers, weight first.
StateDict dict(const Layers& layers) {
  StateDict sd;
  for (const auto& [name, sizes] : layers) {
    sd.insert(name + ".weight", zeros({sizes.second, sizes.first}));
    sd.insert(name + ".bias", zeros({sizes.second}));
  }
  return sd;
}

StateDict sorted(const StateDict& sd) {
  auto names = sd.keys();
  std::ranges::sort(names);
  StateDict result;
  for (const auto& name : names) result.insert(name, sd[name]);
  return result;
}

StateDictSpec spec(const Layers& layers) { return {"Network", names_and_shapes(dict(layers)), {}}; }

std::string refusal(const StateDict& sd, const StateDictSpec& model) {
  return message_of<StateDictError>([&] { static_cast<void>(match_by_shape(sd, model)); });
}

/// The file's modules for the model's, in the model's order.
std::string modules(const StateDict& sd, const StateDictSpec& model) {
  const NameMapping mapping = match_by_shape(sd, model);
  std::string text;
  for (const auto& pair : mapping.pairs()) {
    CHECK(mapping(pair.from) == pair.to);
    CHECK(sd[pair.from].shape() == pair.shape);
    if (!pair.from.ends_with(".weight")) continue;
    CHECK(pair.to.ends_with(".weight"));
    text += (text.empty() ? "" : " ") + pair.from.substr(0, pair.from.size() - 7);
    const std::string bias = pair.from.substr(0, pair.from.size() - 6) + "bias";
    CHECK(mapping(bias) == pair.to.substr(0, pair.to.size() - 6) + "bias");
  }
  return text;
}

const Layers lesson{{"hidden_layers.0", {784, 512}}, {"hidden_layers.1", {512, 256}}, {"output", {256, 10}}};
const Layers equal_sizes{{"hidden_layers.0", {4, 4}}, {"hidden_layers.1", {4, 4}}, {"output", {4, 4}}};

}  // namespace

TEST_CASE("a mapping can be printed and read") {
  const StateDict sd = dict({{"0", {784, 512}}, {"3", {512, 256}}, {"6", {256, 10}}});
  const NameMapping mapping = match_by_shape(sd, spec(lesson));
  std::ostringstream out;
  out << mapping;
  CHECK(out.str() ==
        "0.weight -> hidden_layers.0.weight [512, 784]\n"
        "0.bias -> hidden_layers.0.bias [512]\n"
        "3.weight -> hidden_layers.1.weight [256, 512]\n"
        "3.bias -> hidden_layers.1.bias [256]\n"
        "6.weight -> output.weight [10, 256]\n"
        "6.bias -> output.bias [10]");
  CHECK(mapping("0.weight") == "hidden_layers.0.weight");
  CHECK_FALSE(mapping("9.weight"));
  CHECK(rename(sd, mapping) == dict(lesson));
  const NameMapping none;
  CHECK(none.pairs().empty());
}

TEST_CASE("layers are matched whatever they are called") {
  const auto model = spec(lesson);
  CHECK(modules(dict({{"fc1", {784, 512}}, {"fc2", {512, 256}}, {"out", {256, 10}}}), model) ==
        "fc1 fc2 out");
  CHECK(modules(dict({{"b", {512, 256}}, {"c", {256, 10}}, {"a", {784, 512}}}), model) == "a b c");
  CHECK(modules(sorted(dict({{"stem", {784, 512}}, {"body", {512, 256}}, {"head", {256, 10}}})), model) ==
        "stem body head");
  CHECK(modules(dict(lesson), model) == "hidden_layers.0 hidden_layers.1 output");
  const NameMapping nothing = match_by_shape({}, spec({}));
  CHECK(nothing.pairs().empty());
}

TEST_CASE("tensors that are not called weight and bias are matched one by one") {
  const StateDict sd{{"W1", zeros({512, 784})}, {"b1", zeros({512})},     {"W2", zeros({256, 512})},
                     {"b2", zeros({256})},      {"W3", zeros({10, 256})}, {"b3", zeros({10})}};
  const NameMapping mapping = match_by_shape(sd, spec(lesson));
  CHECK(mapping("W2") == "hidden_layers.1.weight");
  CHECK(mapping("b3") == "output.bias");
  CHECK(match_by_shape(sorted(sd), spec(lesson))("b1") == "hidden_layers.0.bias");
}

TEST_CASE("equal layers go by their names if only a prefix differs, else by order and numbers") {
  const auto model = spec(equal_sizes);
  const auto named = [](const char* a, const char* b, const char* c) {
    return dict({{a, {4, 4}}, {b, {4, 4}}, {c, {4, 4}}});
  };
  CHECK(modules(named("0", "3", "6"), model) == "0 3 6");
  CHECK(modules(sorted(named("0", "30", "6")), model) == "0 6 30");
  CHECK(modules(named("stem", "body", "head"), model) == "stem body head");
  CHECK(modules(named("fc1", "fc2", "out"), model) == "fc1 fc2 out");
  // The names alone decide here: order would say something else.
  CHECK(modules(named("module.output", "module.hidden_layers.1", "module.hidden_layers.0"), model) ==
        "module.hidden_layers.0 module.hidden_layers.1 module.output");
}

TEST_CASE("a mapping in doubt is refused with both sides") {
  const auto model = spec(equal_sizes);
  const StateDict sd = dict({{"fc2", {4, 4}}, {"fc1", {4, 4}}, {"fc3", {4, 4}}});
  CHECK(refusal(sd, model) ==
        "match_by_shape: the state dict does not fit Network: it is not clear in which order fc2, fc1, fc3 "
        "(each bias [4], weight [4, 4]) are to be taken, by their numbers or as they stand\n"
        "\tstate dict: fc2.weight [4, 4], fc2.bias [4], fc1.weight [4, 4], fc1.bias [4], fc3.weight [4, 4], "
        "fc3.bias [4]\n"
        "\tmodel: hidden_layers.0.weight [4, 4], hidden_layers.0.bias [4], hidden_layers.1.weight [4, 4], "
        "hidden_layers.1.bias [4], output.weight [4, 4], output.bias [4]");
  CHECK(contains(refusal(sorted(dict({{"stem", {4, 4}}, {"body", {4, 4}}, {"head", {4, 4}}})), model),
                 "it is not clear in which order body, head, stem (each bias [4], weight [4, 4]) are to be "
                 "taken, by their names alone: the file is sorted by name\n"));
}

TEST_CASE("other shapes and other numbers of tensors are refused with both sides") {
  const auto model = spec(lesson);
  CHECK(contains(
      refusal(dict({{"fc1", {784, 512}}, {"out", {512, 10}}}), model),
      "does not fit Network: it has 4 tensors, the model has 6\n\tstate dict: fc1.weight [512, 784], "));
  CHECK(contains(refusal(dict({{"a", {784, 512}}, {"b", {512, 256}}, {"c", {256, 11}}}), model),
                 "the model has 1 like output (bias [10], weight [10, 256]), it has 0\n"));
  CHECK(contains(refusal(dict({{"a", {784, 512}}, {"b", {784, 512}}, {"c", {256, 10}}}), model),
                 "the model has 1 like hidden_layers.0 (bias [512], weight [512, 784]), it has 2\n"));
  // A transposed weight is another shape.
  StateDict transposed{{"a.weight", zeros({3, 2})}, {"a.bias", zeros({2})}};
  CHECK(contains(refusal(transposed, spec({{"output", {3, 2}}})), "it has 0\n"));
  // A prefix does not excuse a shape.
  CHECK(contains(refusal(add_prefix(dict({{"output", {3, 3}}}), "module."), spec({{"output", {3, 2}}})),
                 "the model has 1 like output (bias [2], weight [2, 3]), it has 0\n"));
}

TEST_CASE("a refusal lists no more names than can be read") {
  StateDict many;
  for (int i = 0; i < 1000; ++i) many.insert("t" + std::to_string(i), zeros({1}));
  const std::string text = refusal(many, spec(lesson));
  CHECK(contains(text, "t63 [1], and 936 more\n"));
  CHECK_FALSE(contains(text, "t64"));
}
