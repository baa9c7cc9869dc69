#include <wick/checkpoint/frozen_network.hpp>

#include "support/throws.hpp"

#include <wick/checkpoint/network_archive.hpp>
#include <wick/models/network.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

template <Floating T = float>
Network<T> network(Index outputs, const std::vector<Index>& hidden, const NetworkOptions& options = {}) {
  Generator g(3);
  Network<T> model(20, outputs, hidden, options, g);
  // Norms that do something.
  for (const auto& p : model.named_parameters()) {
    if (p.name.starts_with("norms.")) normal_(p.value, 0.5, 1.0, g);
  }
  return model;
}

template <Floating T>
Tensor<T> samples(Index rows) {
  Generator g(5);
  auto x = Tensor<T>::zeros({rows, 20});
  normal_(x.view(), 0.0, 1.0, g);
  return x;
}

template <Floating T>
bool are_equal(const Tensor<T>& a, const Tensor<T>& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.span(), b.span());
}

template <Floating T>
void check_equal(const Network<T>& model) {
  const Archive archive = to_archive(model);
  const FrozenNetwork<T> frozen(archive, "f");
  const FrozenNetwork<T> raw(archive, "f", NetworkOutputs::logits);
  CHECK(frozen.input_size() == 20);
  CHECK(frozen.output_size() == model.output_size());
  Workspace<T> workspace;
  for (const Index rows : {1, 3, 70}) {
    const auto x = samples<T>(rows);
    CHECK(are_equal(Tensor<T>(frozen.predict(x, workspace)), model.predict(x)));
    CHECK(are_equal(raw.predict(x), model.logits(x)));
  }
}

/// What is said of the archive of a network after a change.
template <class Change>
std::string refusal(Change change) {
  Archive archive = to_archive(network(4, {32, 16}));
  change(archive);
  return message_of<FormatError>([&] { static_cast<void>(FrozenNetwork<float>(archive, "f")); });
}

}  // namespace

TEST_CASE("a frozen network predicts with the bits of the network") {
  for (const Activation activation : {Activation::relu, Activation::tanh, Activation::sigmoid,
                                      Activation::gelu_tanh, Activation::identity}) {
    for (const Normalisation normalisation : {Normalisation::none, Normalisation::layer_norm})
      check_equal(network(4, {32, 16}, {.activation = activation, .normalisation = normalisation}));
  }
  check_equal(network(7, {}));
  check_equal(network(300, {200}));
  check_equal(network<double>(4, {32}));
}

TEST_CASE("a frozen network outlives its archive, and copies share it") {
  const Network<float> model = network(4, {32});
  const auto x = samples<float>(2);
  auto copy = [&] {
    const FrozenNetwork<float> first(to_archive(model), "f");
    return FrozenNetwork<float>(first);
  }();
  CHECK(are_equal(copy.predict(x), model.predict(x)));
  copy = FrozenNetwork<float>(to_archive(network(5, {8})), "f");
  CHECK(copy.predict(x).shape() == Shape{2, 5});
  CHECK_THROWS_AS(static_cast<void>(copy.predict(Tensor<float>::zeros({2, 21}))), ShapeError);
}

TEST_CASE("a frozen network converts the elements") {
  const Network<double> model = network<double>(4, {32});
  const FrozenNetwork<float> frozen(to_archive(model), "f");
  const auto x = samples<double>(3);
  auto narrow = Tensor<float>::zeros({3, 20});
  std::ranges::transform(x.span(), narrow.data(), [](double v) { return static_cast<float>(v); });
  const auto expected = model.predict(x);
  const auto got = frozen.predict(narrow);
  for (Index i = 0; i < expected.numel(); ++i)
    CHECK(static_cast<double>(got.data()[i]) == doctest::Approx(expected.data()[i]).epsilon(1e-5));
}

TEST_CASE("a network with one output has no log-probabilities") {
  const Archive archive = to_archive(network(1, {8}));
  CHECK(message_of<Error>([&] { static_cast<void>(FrozenNetwork<float>(archive, "f")); }) ==
        "FrozenNetwork: expected a network with two outputs or more, got one, whose log-softmax is always 0; "
        "NetworkOutputs::logits gives it raw");
  const auto x = samples<float>(1);
  const FrozenNetwork<float> raw(archive, "f", NetworkOutputs::logits);
  CHECK(raw.predict(x).at(0, 0) == network(1, {8}).logits(x).at(0, 0));
}

TEST_CASE("a frozen network refuses what is no network or another one") {
  CHECK(refusal([](Archive& a) { a.architecture.reset(); }) ==
        "f: the file does not say how to build the network, it has parameters alone: load_checkpoint() takes "
        "the sizes from them");
  CHECK(refusal([](Archive& a) { a.tensors.clear(); }) == "f: the file has no parameters of a model");
  CHECK(refusal([](Archive& a) { a.architecture->output_size = 5; }) ==
        "f: the header does not fit the parameters: \"output.weight\" should have shape [5, 16], it has [4, "
        "16]");
  CHECK(refusal([](Archive& a) {
          a.architecture->hidden_layers.push_back(4);
        }).starts_with("f: the header does not fit the parameters: expected 8 tensors for 3 hidden layers"));
  CHECK(refusal([](Archive& a) {
          a.architecture.reset();
          a.attributes.emplace_back("architecture", Attributes{{"class", std::string("Mine")}});
        }).starts_with("f: the file holds a model of the user's own class \"Mine\""));
  CHECK(refusal([](Archive& a) {
          a.attributes.emplace_back("architecture", Attributes{{"activation", std::string("mish")}});
        }) ==
        "f: the network cannot be built: its \"activation\" is 'mish', which this version does not know by "
        "itself: "
        "include <wick/nn/all_activations.hpp> and set the option `activations` to &wick::all_activations()");
}
