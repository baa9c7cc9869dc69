#include <wick/checkpoint/infer.hpp>
#include <wick/checkpoint/network_archive.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/models/network.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/state/rename_keys.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

AnyTensor zeros(const Shape& shape) { return AnyTensor::copy_of(Tensor<float>::zeros(shape)); }

using Layers = std::vector<std::pair<std::string, std::pair<Index, Index>>>;

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

StateDict read_state_dict(wick_tests::Fixture& file) {
  StateDict sd;
  for (auto n = file.get<std::uint32_t>(); n > 0; --n) {
    std::string name = file.text();
    const Shape shape = file.shape();
    sd.insert(std::move(name), AnyTensor::copy_of(file.tensor<float>(shape)));
  }
  return sd;
}

template <class Infer>
std::string refusal(Infer infer, const StateDict& sd) {
  const std::string text = message_of<StateDictError>([&] { static_cast<void>(infer(sd)); });
  const std::string start = "cannot infer the sizes of a network from the state dict: ";
  REQUIRE(text.starts_with(start));
  return text.substr(start.size());
}

std::string own_refusal(const StateDict& sd) { return refusal(infer_architecture, sd); }
std::string shape_refusal(const StateDict& sd) { return refusal(infer_by_shape, sd); }

/// The file's names of the layers' weights, in the order found.
std::string order(const StateDict& sd) {
  std::string text;
  const NameMapping names = infer_by_shape(sd).names;
  for (const auto& pair : names.pairs()) {
    if (pair.from.ends_with(".weight")) {
      text += (text.empty() ? "" : " ") + pair.from.substr(0, pair.from.size() - 7);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("perceptrons of PyTorch under any names predict here what they predict there") {
  // tests/reference/make_partial_loading.py
  wick_tests::Fixture file("partial_loading.bin");
  for (auto cases = file.get<std::uint32_t>(); cases > 0; --cases) {
    static_cast<void>(file.text());
    for (int list = 0; list < 2; ++list) {
      for (auto n = file.get<std::uint32_t>(); n > 0; --n) static_cast<void>(file.text());
    }
  }
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 10);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string description = file.text();
    CAPTURE(description);
    std::vector<Index> sizes(file.get<std::uint32_t>());
    for (auto& size : sizes) size = static_cast<Index>(file.get<std::uint32_t>());
    const StateDict sd = read_state_dict(file);
    const Shape x_shape = file.shape();
    const auto x = file.tensor<float>(x_shape);
    const Shape y_shape = file.shape();
    const auto y = file.tensor<float>(y_shape);

    const auto [architecture, names] = infer_by_shape(sd);
    CHECK(architecture == Architecture{.type = "Network",
                                       .input_size = sizes.front(),
                                       .output_size = sizes.back(),
                                       .hidden_layers = {sizes.begin() + 1, sizes.end() - 1},
                                       .dropout = 0.5});
    Network<float> model(sizes.front(), sizes.back(), architecture.hidden_layers, {}, uninitialised);
    CHECK(model.load_state_dict(sd, {.rename = names}).all_matched());
    CHECK(all_close(model.predict(x), y, 1e-6, 1e-6));
    // The model's sizes given, the mapping is the same.
    const NameMapping matched = match_by_shape(sd, model.spec());
    CHECK(matched.pairs().size() == sd.size());
    for (const auto& pair : matched.pairs()) CHECK(names(pair.from) == pair.to);
  }
}

TEST_CASE("the sizes of a network are those of its own parameters") {
  for (const auto& hidden : {std::vector<Index>{}, std::vector<Index>{5}, std::vector<Index>{5, 5, 2},
                             std::vector<Index>(12, 4)}) {
    const Network<float> model(6, 3, hidden, {}, uninitialised);
    for (const auto& sd : {model.state_dict(), sorted(model.state_dict())}) {
      CHECK(
          infer_architecture(sd) ==
          Architecture{
              .type = "Network", .input_size = 6, .output_size = 3, .hidden_layers = hidden, .dropout = 0.5});
      const auto by_shape = infer_by_shape(sd);
      CHECK(by_shape.architecture == infer_architecture(sd));
      const auto keys = model.state_dict().keys();
      CHECK(std::ranges::equal(by_shape.names.pairs(), keys, {}, &NameMapping::Pair::from));
      CHECK(std::ranges::equal(by_shape.names.pairs(), keys, {}, &NameMapping::Pair::to));
    }
  }
}

TEST_CASE("what is not a network's state dict is refused with the reason") {
  const StateDict good = dict({{"hidden_layers.0", {6, 5}}, {"output", {5, 3}}});
  CHECK(infer_architecture(good).hidden_layers == std::vector<Index>{5});
  const auto replaced = [&](const std::string& name, const Shape& shape) {
    StateDict sd;
    for (const auto& [key, tensor] : good) sd.insert(key, key == name ? zeros(shape) : tensor);
    return sd;
  };
  const auto without = [&](std::string_view name) {
    return select(good, [=](std::string_view key) { return key != name; });
  };
  CHECK(own_refusal({}) == "there is no \"output.weight\"");
  CHECK(own_refusal(dict({{"hidden_layers.0", {6, 5}}})) == "there is no \"output.weight\"");
  CHECK(own_refusal(without("output.bias")) == "\"output.weight\" has no bias beside it");
  CHECK(own_refusal(without("hidden_layers.0.weight")) == "\"hidden_layers.0.bias\" has no weight beside it");
  CHECK(own_refusal(replaced("output.weight", {3, 4})) ==
        "output.weight takes 4 inputs but hidden_layers.0.weight gives 5 outputs");
  CHECK(own_refusal(replaced("output.weight", {3, 5, 1})) ==
        "\"output.weight\" should have the shape [outputs, inputs], it has [3, 5, 1]");
  CHECK(own_refusal(replaced("output.weight", {3})) ==
        "\"output.weight\" should have the shape [outputs, inputs], it has [3]");
  CHECK(own_refusal(replaced("hidden_layers.0.weight", {5, 0})) ==
        "\"hidden_layers.0.weight\" should have the shape [outputs, inputs], it has [5, 0]");
  CHECK(own_refusal(replaced("output.bias", {1, 3})) ==
        "\"output.bias\" should have shape [3] beside \"output.weight\" of shape [3, 5], it has [1, 3]");
  const std::string stray = " is not a parameter of a Network with 1 hidden layers ";
  for (const char* name : {"hidden_layers.2.weight", "hidden_layers.00.weight", "output",
                           "module.output.weight", "bn1.running_mean", ""}) {
    CAPTURE(name);
    StateDict sd = good;
    sd.insert(name, zeros({3, 5}));
    CHECK(contains(own_refusal(sd), "\"" + std::string(name) + "\"" + stray));
  }
  StateDict sd = good;
  sd.insert("output.running_mean", zeros({3}));
  CHECK(own_refusal(sd) == "a linear layer has a weight and a bias, but there is \"output.running_mean\"");
}

TEST_CASE("names that are not a network's are never taken without being asked") {
  for (const auto& sd : {dict({{"0", {6, 5}}, {"3", {5, 3}}}), dict({{"fc1", {6, 5}}, {"out", {5, 3}}})}) {
    CHECK(own_refusal(sd).ends_with(
        "; for files with other names see infer_by_shape(), or build by ParameterNames::by_shape"));
  }
}

TEST_CASE("a prefix, and one network of several, are named with the option that takes them") {
  CHECK(own_refusal(dict({{"module.hidden_layers.0", {6, 5}}, {"module.output", {5, 3}}}))
            .ends_with("; all names begin with \"module.\": .prefix = \"module.\" removes it"));
  StateDict averaged = dict({{"module.hidden_layers.0", {6, 5}}, {"module.output", {5, 3}}});
  averaged.insert("n_averaged", zeros({}));
  CHECK(own_refusal(averaged).ends_with(
      "; all names begin with \"module.\": .prefix = \"module.\" removes it"));
  CHECK(own_refusal(dict({{"actor.output", {6, 2}}, {"critic.output", {6, 1}}}))
            .ends_with("; there are such names behind \"actor.\" (2), \"critic.\" (2): .only = {\"actor.\"} "
                       "and .prefix = "
                       "\"actor.\" take those"));
  const StateDict both =
      dict({{"actor.0", {6, 5}}, {"actor.2", {5, 2}}, {"critic.0", {6, 5}}, {"critic.2", {5, 1}}});
  const std::string hint =
      "; the names begin with \"actor.\" (4), \"critic.\" (4): .only = {\"actor.\"} takes those that begin "
      "with it";
  CHECK(own_refusal(both).ends_with(hint));
  CHECK(shape_refusal(both).ends_with(hint));
}

TEST_CASE("what wraps a model is named by its prefix, whatever the model's names are") {
  const std::string by_shape =
      "; for the other names behind it see infer_by_shape(), or build by ParameterNames::by_shape";
  // DataParallel, torch.compile, one in the other, Lightning, and averages of these.
  for (const std::string prefix : {"module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.",
                                   "model.", "net.", "module.module.", "ema_model.module."}) {
    CAPTURE(prefix);
    const std::string removes =
        "; all names begin with \"" + prefix + "\": .prefix = \"" + prefix + "\" removes it";
    for (const bool averaged : {false, true}) {
      if (averaged && !prefix.ends_with("module.")) continue;
      const auto wrapped = [&](const StateDict& sd) {
        StateDict result = add_prefix(sd, prefix);
        const std::string parent = prefix.substr(0, prefix.size() - std::string("module.").size());
        if (averaged) result.insert(parent + "n_averaged", zeros({}));
        return result;
      };
      CHECK(own_refusal(wrapped(dict({{"hidden_layers.0", {6, 5}}, {"output", {5, 3}}}))).ends_with(removes));
      CHECK(own_refusal(wrapped(dict({{"output", {5, 3}}}))).ends_with(removes));
      CHECK(own_refusal(wrapped(dict({{"0", {6, 5}}, {"2", {5, 3}}}))).ends_with(removes + by_shape));
      CHECK(own_refusal(wrapped(dict({{"0", {5, 3}}}))).ends_with(removes + by_shape));
      CHECK(own_refusal(wrapped(dict({{"fc1", {6, 5}}, {"fc2", {5, 3}}}))).ends_with(removes + by_shape));
      // What the hints say is so.
      Archive archive;
      archive.tensors.emplace_back("model", wrapped(dict({{"hidden_layers.0", {6, 5}}, {"output", {5, 3}}})));
      CHECK(from_archive<float>(archive, "f", {.prefix = prefix}).model.input_size() == 6);
      archive.tensors[0].second = wrapped(dict({{"0", {6, 5}}, {"2", {5, 3}}}));
      CHECK(from_archive<float>(archive, "f", {.names = ParameterNames::by_shape}).model.output_size() == 3);
    }
  }
  // A single layer is not a prefix.
  CHECK(own_refusal(dict({{"fc", {5, 3}}}))
            .ends_with("; for files with other names see infer_by_shape(), or "
                       "build by ParameterNames::by_shape"));
  // The model beside its average.
  StateDict both = dict({{"model.output", {5, 3}}, {"ema.module.output", {5, 3}}});
  both.insert("ema.n_averaged", zeros({}));
  CHECK(own_refusal(both).ends_with(
      "; there are such names behind \"ema.module.\" (2), \"model.\" (2): .only = "
      "{\"ema.module.\"} and .prefix = \"ema.module.\" take those"));
}

TEST_CASE("what is no parameter is passed over when names are matched") {
  StateDict sd = dict({{"module.0", {6, 5}}, {"module.2", {5, 3}}});
  sd.insert("n_averaged", zeros({}));
  sd.insert("module.0._extra_state", zeros({7}));
  CHECK(order(sd) == "module.0 module.2");
  // A counter beside other names may be anything.
  StateDict other = dict({{"0", {6, 5}}});
  other.insert("n_averaged", zeros({}));
  CHECK(shape_refusal(other) == "a linear layer has a weight and a bias, but there is \"n_averaged\"");
}

TEST_CASE("layers without a bias count, unless one of the network's own is missing") {
  const auto no_bias = [](const StateDict& sd) {
    return select(sd, [](std::string_view key) { return !key.ends_with(".bias"); });
  };
  const StateDict own = no_bias(dict({{"hidden_layers.0", {6, 5}}, {"output", {5, 3}}}));
  CHECK(infer_architecture(own).hidden_layers == std::vector<Index>{5});
  const NameMapping names = infer_by_shape(own).names;
  CHECK(names.pairs().size() == 2);
  CHECK(order(no_bias(dict({{"l1", {6, 5}}, {"l2", {5, 3}}}))) == "l1 l2");
  CHECK(shape_refusal(no_bias(dict({{"embedding", {6, 5}}}))) ==
        "\"embedding.weight\" looks like that of an embedding, it has no bias beside it");
}

TEST_CASE("the order of layers comes from names and sizes") {
  CHECK(order(dict({{"fc1", {6, 5}}, {"fc2", {5, 4}}, {"out", {4, 3}}})) == "fc1 fc2 out");
  // Sorted by name, or defined in another order: sizes leave no choice.
  CHECK(order(sorted(dict({{"stem", {6, 5}}, {"body", {5, 4}}, {"classifier", {4, 3}}}))) ==
        "stem body classifier");
  CHECK(order(dict({{"out", {4, 3}}, {"fc1", {6, 5}}, {"fc2", {5, 4}}})) == "fc1 fc2 out");
  CHECK(order(dict({{"fc2", {5, 4}}, {"fc1", {6, 5}}})) == "fc1 fc2");
  // Equal layers.
  CHECK(order(dict({{"in", {4, 4}}, {"between", {4, 4}}, {"out", {4, 4}}})) == "in between out");
  CHECK(order(sorted(dict({{"fc1", {4, 4}}, {"fc2", {4, 4}}, {"fc10", {4, 4}}}))) == "fc1 fc2 fc10");
  CHECK(order(sorted(dict({{"net.output", {4, 4}}, {"net.hidden_layers.0", {4, 4}}}))) ==
        "net.hidden_layers.0 net.output");
  CHECK(
      shape_refusal(sorted(dict({{"in", {4, 4}}, {"between", {4, 4}}, {"out", {4, 4}}}))) ==
      "neither the names nor the sizes tell the order of the layers between, in, out; the file is sorted by "
      "name");
  CHECK(shape_refusal(dict({{"fc2", {4, 4}}, {"fc1", {4, 4}}})) ==
        "neither the names nor the sizes tell the order of the layers fc2, fc1");
}

TEST_CASE("a perceptron that is none is refused with the reason") {
  CHECK(shape_refusal({}) == "it is empty");
  CHECK(shape_refusal(dict({{"fc1", {784, 512}}, {"fc2", {256, 10}}})) ==
        "fc2.weight takes 256 inputs but fc1.weight gives 512 outputs");
  StateDict sd = dict({{"fc1", {6, 5}}, {"fc2", {5, 3}}});
  StateDict norm = sd;
  norm.insert("bn1.weight", zeros({5}));
  norm.insert("bn1.bias", zeros({5}));
  CHECK(shape_refusal(norm) == "\"bn1.weight\" should have the shape [outputs, inputs], it has [5]");
  norm.insert("bn1.running_mean", zeros({5}));
  CHECK(shape_refusal(norm) == "a linear layer has a weight and a bias, but there is \"bn1.running_mean\"");
  StateDict half = sd;
  half.insert("fc3.weight", zeros({2, 3}));
  CHECK(order(half) == "fc1 fc2 fc3");  // without a bias
  StateDict image = sd;
  image.insert("conv.weight", zeros({2, 3, 3, 3}));
  image.insert("conv.bias", zeros({2}));
  CHECK(shape_refusal(image) ==
        "\"conv.weight\" should have the shape [outputs, inputs], it has [2, 3, 3, 3]");
  CHECK(shape_refusal({{"W1", zeros({5, 6})}}) ==
        "a linear layer has a weight and a bias, but there is \"W1\"");
  // A ring has no beginning.
  CHECK(contains(shape_refusal(sorted(dict({{"a", {4, 5}}, {"b", {5, 6}}, {"c", {6, 4}}}))),
                 "neither the names nor the sizes tell the order of the layers a, b, c"));
}

TEST_CASE("any number of layers is inferred without delay") {
  Layers layers;
  for (int i = 0; i < 5000; ++i) layers.push_back({"layers." + std::to_string(i), {1, 1}});
  CHECK(infer_by_shape(sorted(dict(layers))).architecture.hidden_layers.size() == 4999);
}
