#include "support/throws.hpp"

#include <wick/io/torch/optimizer.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using wick::AnyTensor;
using wick::Tensor;
using wick::TorchDict;
using wick::TorchNone;
using wick::TorchSequence;
using wick::TorchValue;
using wick_tests::message_of;

namespace {

const std::vector<std::string> names{"fc.weight", "fc.bias"};

AnyTensor tensor(float x, wick::Index n) { return AnyTensor::copy_of(Tensor<float>::full({n}, x)); }

TorchValue list(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::list, std::move(items)};
}
TorchValue tuple(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::tuple, std::move(items)};
}

// What torch 2.13 prints for Adam(Linear(2, 1).parameters()).state_dict() after one step.
TorchDict group() {
  TorchDict g;
  g.add("lr", 0.001);
  g.add("betas", tuple({0.9, 0.999}));
  g.add("eps", 1e-08);
  g.add("weight_decay", std::int64_t{0});
  g.add("amsgrad", false);
  g.add("maximize", false);
  g.add("foreach", TorchNone{});
  g.add("capturable", false);
  g.add("differentiable", false);
  g.add("fused", TorchNone{});
  g.add("decoupled_weight_decay", false);
  g.add("params", list({std::int64_t{0}, std::int64_t{1}}));
  return g;
}
TorchDict state_of(float steps, float x, wick::Index n) {
  TorchDict s;
  s.add("step", AnyTensor::copy_of(Tensor<float>::full({}, steps)));
  s.add("exp_avg", tensor(x, n));
  s.add("exp_avg_sq", tensor(x * x, n));
  return s;
}
TorchDict adam(std::vector<TorchValue> groups, float second_steps = 7) {
  TorchDict states;
  states.items.emplace_back(std::int64_t{0}, state_of(7, 0.5F, 2));
  states.items.emplace_back(std::int64_t{1}, state_of(second_steps, 0.25F, 1));
  TorchDict root;
  root.add("state", std::move(states));
  root.add("param_groups", list(std::move(groups)));
  return root;
}
TorchDict with(TorchDict dict, const char* key, TorchValue value) {
  for (auto& [name, old] : dict.items) {
    if (name == TorchValue(key)) {
      old = std::move(value);
      return dict;
    }
  }
  dict.add(key, std::move(value));
  return dict;
}

std::string refused(const TorchValue& value) {
  return message_of<wick::OptionError>([&] { static_cast<void>(wick::optimizer_from_torch(value, names)); });
}

}  // namespace

TEST_CASE("Adam's state comes over by name, with its options") {
  const auto state = wick::optimizer_from_torch(adam({group()}), names);
  CHECK(state.type == "Adam");
  CHECK(state.step == 7);
  CHECK(state.options == wick::Attributes{{"lr", 0.001},
                                          {"betas", std::vector<double>{0.9, 0.999}},
                                          {"eps", 1e-08},
                                          {"weight_decay", 0.0},
                                          {"amsgrad", false},
                                          {"maximize", false}});
  CHECK(state.tensors.keys() == wick::StateDict::Keys{"fc.weight.exp_avg", "fc.weight.exp_avg_sq",
                                                      "fc.bias.exp_avg", "fc.bias.exp_avg_sq"});
  CHECK(state.tensors["fc.bias.exp_avg_sq"] == tensor(0.0625F, 1));
}

TEST_CASE("what goes to PyTorch is what PyTorch would have written") {
  const TorchValue torch(with(adam({with(group(), "weight_decay", 0.0)}), "x", TorchNone{}));
  TorchDict expected = adam({with(group(), "weight_decay", 0.0)});
  const auto state = wick::optimizer_from_torch(torch, names);
  CHECK(wick::optimizer_to_torch(state, names) == TorchValue(expected));
}

TEST_CASE("an optimizer that took no step has no tensors") {
  TorchDict root;
  root.add("state", TorchDict{});
  root.add("param_groups", list({group()}));
  const auto state = wick::optimizer_from_torch(root, names);
  CHECK(state.step == 0);
  CHECK(state.tensors.empty());
  CHECK(*wick::optimizer_to_torch(state, names).get_if<TorchDict>()->find("state") ==
        TorchValue(TorchDict{}));
}

TEST_CASE("other optimizers are told by their options") {
  const auto type_of = [](TorchDict g) {
    return wick::optimizer_from_torch(adam({std::move(g)}), names).type;
  };
  CHECK(type_of(with(group(), "decoupled_weight_decay", true)) == "AdamW");
  TorchDict sgd;
  sgd.add("lr", 0.1);
  sgd.add("nesterov", false);
  sgd.add("params", list({std::int64_t{0}, std::int64_t{1}}));
  CHECK(type_of(sgd) == "SGD");
  TorchDict rmsprop;
  rmsprop.add("centered", false);
  rmsprop.add("params", list({std::int64_t{0}, std::int64_t{1}}));
  CHECK(type_of(rmsprop) == "RMSprop");
}

TEST_CASE("groups with equal options are one, in the order of their parameters") {
  const auto part = [](std::int64_t number) { return with(group(), "params", list({number})); };
  const auto state = wick::optimizer_from_torch(adam({part(1), part(0)}), names);
  CHECK(state.tensors["fc.weight.exp_avg"] == tensor(0.25F, 1));
  CHECK(refused(adam({part(0), with(part(1), "lr", 0.1)})) ==
        "optimizer state: the parameter groups have different options; a single group can be carried over");
}

TEST_CASE("what an optimizer's state cannot say is refused") {
  CHECK(refused(TorchValue("text")) ==
        "optimizer state: expected a dict with \"state\" and \"param_groups\", got str");
  CHECK(refused(adam({})) == "optimizer state: there is no parameter group");
  CHECK(refused(adam({TorchDict{}})) == "optimizer state: a parameter group has no list \"params\"");
  CHECK(refused(adam({with(group(), "params", list({"a", "b"}))})) ==
        "optimizer state: expected numbers in \"params\", got str");
  CHECK(refused(adam({with(group(), "params", list({std::int64_t{0}}))})) ==
        "optimizer state: it is for 1 parameters, the model has 2");
  CHECK(refused(adam({group()}, 8)) ==
        "optimizer state: parameter \"fc.bias\" took another number of steps than those before it");
  CHECK(refused(adam({group()}, 7.5F)) ==
        "optimizer state: the step of parameter \"fc.bias\" is not a count");
  TorchDict odd = adam({group()});
  odd.items[0].second = TorchDict{};
  odd.items[0].second.get_if<TorchDict>()->items.emplace_back(std::int64_t{1}, "text");
  CHECK(refused(odd) == "optimizer state: expected a dict for parameter 1, got str");

  wick::OptimizerState stray{
      .type = "Adam", .step = 1, .options = {}, .tensors = {{"other.exp_avg", tensor(1, 1)}}};
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(wick::optimizer_to_torch(stray, names)); }) ==
        "optimizer state: the tensor \"other.exp_avg\" belongs to no parameter of the model");
}
