// Networks with other activations and with normalisation, in files and out of them.

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/models/network.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

Network<float> network(const NetworkOptions& options) {
  Generator g(3);
  Network<float> model(20, 4, {32, 16}, options, g);
  // Norms that do something.
  for (const auto& p : model.named_parameters()) {
    if (p.name.starts_with("norms.")) normal_(p.value, 0.5, 1.0, g);
  }
  return model;
}

std::string printed(const Network<float>& model) {
  std::ostringstream out;
  out << model;
  return out.str();
}

std::vector<NetworkOptions> all_options() {
  std::vector<NetworkOptions> all;
  for (const Activation activation : {Activation::relu, Activation::tanh, Activation::sigmoid,
                                      Activation::gelu_tanh, Activation::identity}) {
    for (const Normalisation normalisation : {Normalisation::none, Normalisation::layer_norm})
      all.push_back({.dropout = 0.25, .activation = activation, .normalisation = normalisation});
  }
  return all;
}

const NetworkOptions tanh_and_norms{.activation = Activation::tanh,
                                    .normalisation = Normalisation::layer_norm};

/// What is said of the archive of a network with both options after a change.
std::string refusal(const std::function<void(Archive&)>& change) {
  Archive archive = to_archive(network(tanh_and_norms));
  change(archive);
  return message_of<FormatError>([&] { static_cast<void>(from_archive(std::move(archive), "f")); });
}
Attributes& options_of(Archive& archive) {
  const auto group =
      std::ranges::find(archive.attributes, architecture_group, &std::pair<std::string, Attributes>::first);
  REQUIRE(group != archive.attributes.end());
  return group->second;
}

}  // namespace

TEST_CASE("every format carries the options of a network, which is rebuilt with them") {
  const wick_tests::TempDir dir;
  Generator g(5);
  const auto x = randn<float>({3, 20}, g);
  for (const NetworkOptions& options : all_options()) {
    CAPTURE(activation_name(options.activation));
    CAPTURE(normalisation_name(options.normalisation));
    const auto model = network(options);
    const auto expected = model.predict(x);
    for (const char* const name : {"f.wick", "f.pth", "f.safetensors"}) {
      CAPTURE(name);
      save_checkpoint(model, dir / name, {.metadata = {{"name", "small"}}});
      const auto loaded = read_checkpoint(dir / name);
      CHECK(loaded.model.options() == options);
      CHECK(loaded.model.state_dict() == model.state_dict());
      CHECK(loaded.model.predict(x) == expected);
      CHECK(printed(loaded.model) == printed(model));
      CHECK(loaded.extras.metadata.get<std::string>("name") == "small");
      CHECK(loaded.notes.empty());
      const auto mapped = map_checkpoint(dir / name);
      CHECK(mapped.options() == options);
      CHECK(mapped.predict(x) == expected);
      if (std::string(name) == "f.wick") CHECK(mapped.parameters()->is_foreign());
      const auto predictor = load_predictor(dir / name);
      auto workspace = predictor.workspace(3);
      CHECK(std::ranges::equal(predictor.outputs(x.span(), workspace), expected.span()));
    }
  }
}

TEST_CASE("the options of the lesson's class take no place in a file") {
  const Archive archive = to_archive(network({.dropout = 0.1}));
  CHECK(archive.attributes.empty());
  const Archive other = to_archive(network(tanh_and_norms));
  CHECK(other.attributes ==
        std::vector<std::pair<std::string, Attributes>>{{"architecture",
                                                         {{"class", std::string("Network")},
                                                          {"activation", std::string("tanh")},
                                                          {"normalisation", std::string("layer_norm")}}}});
}

TEST_CASE("options that are unknown are refused, with their values") {
  const std::string start = "f: the network cannot be built: its ";
  const std::string end = ", which this version does not know";
  const auto hint = [](const std::string& which) {
    return " by itself: include <wick/nn/all_" + which + ".hpp> and set the option `" + which +
           "` to &wick::all_" + which + "()";
  };
  CHECK(refusal([](Archive& a) { options_of(a).set("activation", std::string("swish")); }) ==
        start + "\"activation\" is 'swish'" + end + hint("activations"));
  CHECK(refusal([](Archive& a) { options_of(a).set("activation", std::int64_t{1}); }) ==
        start + "\"activation\" is no text" + end);
  CHECK(refusal([](Archive& a) { options_of(a).set("normalisation", std::string("batch_norm")); }) ==
        start + "\"normalisation\" is 'batch_norm'" + end + hint("normalisations"));
  CHECK(refusal([](Archive& a) { options_of(a).set("residual", true); }) ==
        start + "\"residual\" is no text" + end);
  CHECK(refusal([](Archive& a) { options_of(a).set("class", std::string("Mine")); }) ==
        start + "\"class\" is 'Mine'" + end);
}

TEST_CASE("options that do not fit the parameters are refused") {
  const std::string start = "f: the header does not fit the parameters: ";
  CHECK(refusal([](Archive& a) { options_of(a).set("normalisation", std::string("none")); }) ==
        start + "expected 6 tensors for 2 hidden layers, got 10");
  CHECK(refusal([](Archive& a) {
          StateDict parameters;
          for (const auto& [name, tensor] : a.tensors.front().second) {
            parameters.insert(
                name, name == "norms.1.bias" ? AnyTensor::copy_of<float>(Tensor<float>({17})) : tensor);
          }
          a.tensors.front().second = parameters;
        }) == start + "\"norms.1.bias\" should have shape [16], it has [17]");
  CHECK(refusal([](Archive& a) {
          StateDict parameters;
          for (const auto& [name, tensor] : a.tensors.front().second)
            parameters.insert(name == "norms.0.weight" ? "norm.weight" : name, tensor);
          a.tensors.front().second = parameters;
        }) == start + "\"norms.0.weight\" is missing");
  // And a plain network's, of which the file says that it has norms.
  Archive plain = to_archive(network({}));
  plain.attributes.emplace_back("architecture", Attributes{{"normalisation", std::string("layer_norm")}});
  CHECK(message_of<FormatError>([&] { static_cast<void>(from_archive(plain, "f")); }) ==
        start + "expected 10 tensors for 2 hidden layers, got 6");
}
