#include "support/throws.hpp"

#include <wick/io/archive/groups.hpp>
#include <wick/io/torch/optimizer.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
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

/// Dicts by the order of their keys: it means nothing, and wick does not keep it.
TorchValue without_order(TorchValue value) {
  if (auto* s = value.get_if<TorchSequence>()) {
    for (TorchValue& item : s->items) item = without_order(std::move(item));
  } else if (auto* d = value.get_if<TorchDict>()) {
    for (auto& [key, item] : d->items) {
      // Whole numbers are numbers to Adam; in a state dict every tensor is plain.
      item = without_order(std::move(item));
      const auto* n = item.get_if<std::int64_t>();
      if (n != nullptr && (key == TorchValue("weight_decay") || key == TorchValue("lr")))
        item = static_cast<double>(*n);
    }
    std::ranges::sort(d->items, {}, [](const auto& entry) {
      const auto* number = entry.first.template get_if<std::int64_t>();
      return number != nullptr ? std::to_string(*number) : *entry.first.template get_if<std::string>();
    });
  }
  return value;
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

TEST_CASE("the type of an optimizer that its options do not tell is written beside what PyTorch reads") {
  wick::OptimizerState state{.type = "Momentum", .step = 3, .options = {{"lr", 0.5}}, .tensors = {}};
  state.tensors.insert("fc.weight.momentum_buffer", tensor(1, 2));
  state.tensors.insert("fc.bias.momentum_buffer", tensor(2, 1));
  const TorchValue torch = wick::optimizer_to_torch(state, names);
  const auto& root = *torch.get_if<TorchDict>();
  CHECK(*root.find("type") == TorchValue(std::string("Momentum")));
  const auto& options =
      *root.find("param_groups")->get_if<TorchSequence>()->items.front().get_if<TorchDict>();
  CHECK(options.find("foreach") == nullptr);
  CHECK(wick::optimizer_from_torch(torch, names) == state);
  // What is no text says nothing, and of known ones nothing is written.
  CHECK(wick::optimizer_from_torch(with(root, "type", std::int64_t{1}), names).type == "unknown");
  const auto known = wick::optimizer_to_torch(wick::optimizer_from_torch(adam({group()}), names), names);
  CHECK(known.get_if<TorchDict>()->find("type") == nullptr);
}

TEST_CASE("groups are kept, with the options that are theirs alone") {
  const auto part = [](std::int64_t number) { return with(group(), "params", list({number})); };
  auto state = wick::optimizer_from_torch(adam({part(1), part(0)}), names);
  CHECK(state.tensors["fc.weight.exp_avg"] == tensor(0.25F, 1));
  CHECK(state.options.get<double>("lr") == 0.001);
  REQUIRE(state.groups.size() == 2);
  CHECK(state.groups[1] == wick::OptimizerGroup{.parameters = {"fc.bias"}, .options = {}});
  state = wick::optimizer_from_torch(adam({part(0), with(part(1), "lr", 0.1)}), names);
  CHECK_FALSE(state.options.contains("lr"));
  CHECK(state.options.contains("betas"));
  CHECK(state.groups[0].options == wick::Attributes{{"lr", 0.001}});
  CHECK(state.groups[1].options == wick::Attributes{{"lr", 0.1}});
}

TEST_CASE("parameters without names have their numbers") {
  const auto state = wick::optimizer_from_torch(adam({group()}), std::vector<std::string>{"w"});
  REQUIRE(state.groups.size() == 1);
  CHECK(state.groups[0].parameters == std::vector<std::string>{"0", "1"});
  CHECK(state.tensors.contains("1.exp_avg"));
  CHECK(wick::optimizer_to_torch(state, {}) == TorchValue(adam({with(group(), "weight_decay", 0.0)})));
}

TEST_CASE("steps that are not one count for all stay with their parameters") {
  for (const float steps : {8.0F, 7.5F, 0.0F}) {
    const TorchDict torch = adam({with(group(), "weight_decay", 0.0)}, steps);
    const auto state = wick::optimizer_from_torch(torch, names);
    CHECK(state.step == 0);
    CHECK(state.tensors["fc.bias.step"].to<float>().item() == steps);
    CHECK(wick::optimizer_to_torch(state, names) == TorchValue(torch));
  }
}

TEST_CASE("lists, tuples and None of a state are put together again") {
  TorchDict entry;
  entry.add("history",
            list({TorchNone{}, tensor(1, 2), list({1.5, TorchNone{}}), tuple({TorchNone{}, "a"})}));
  entry.add("buffer", TorchNone{});
  entry.add("name", "x");
  entry.add("none_of_it", list({}));
  TorchDict states;
  states.items.emplace_back(std::int64_t{1}, entry);
  TorchDict g;
  g.add("eps", tuple({TorchNone{}, 0.001}));
  g.add("steps", std::int64_t{5});
  g.add("params", list({std::int64_t{0}, std::int64_t{1}}));
  TorchDict root;
  root.add("state", states);
  root.add("param_groups", list({g}));
  const auto state = wick::optimizer_from_torch(root, names);
  CHECK(state.tensors.keys() == wick::StateDict::Keys{"fc.bias.history[1]"});
  CHECK(state.values.get<double>("fc.bias.history[2][0]") == 1.5);
  CHECK(state.options.get<std::int64_t>("steps") == 5);
  const TorchValue again = wick::optimizer_to_torch(state, names);
  const auto* found = again.get_if<TorchDict>()->find("state")->get_if<TorchDict>();
  REQUIRE(found->items.size() == 1);
  const auto* values = found->items[0].second.get_if<TorchDict>();
  CHECK(*values->find("history") == *entry.find("history"));
  CHECK(*values->find("buffer") == TorchValue());
  CHECK(*values->find("name") == TorchValue("x"));
  const auto& groups = again.get_if<TorchDict>()->find("param_groups")->get_if<TorchSequence>()->items;
  CHECK(*groups[0].get_if<TorchDict>()->find("eps") == tuple({TorchNone{}, 0.001}));
}

TEST_CASE("every optimizer of PyTorch comes back as it was saved") {
  // tests/reference/make_torch_objects.py
  const auto path = std::filesystem::path(WICK_TEST_DATA) / "torch" / "objects_optimizers.pth";
  const TorchValue file = wick::read_torch(path);
  const auto& all = file.get_if<TorchDict>()->items;
  CHECK(all.size() == 24);
  for (const auto& item : all) {
    CAPTURE(*item.first.get_if<std::string>());
    const TorchValue& value = item.second;
    wick::StateDict model;
    for (const auto& [name, t] : value.get_if<TorchDict>()->find("model")->get_if<TorchDict>()->items) {
      model.insert(*name.get_if<std::string>(), t.get_if<wick::TorchTensor>()->tensor);
    }
    const TorchValue& saved = *value.get_if<TorchDict>()->find("optimizer");
    const auto parameters = wick::optimizer_parameters(saved, model);
    const auto state = wick::optimizer_from_torch(saved, parameters);
    CHECK(without_order(wick::optimizer_to_torch(state, parameters)) == without_order(saved));
    // Through an archive too.
    wick::Archive archive;
    wick::put_optimizer(archive, state);
    CHECK(wick::get_optimizer(archive) == state);
    const wick::Archive read = wick::read_archive(wick::encode_archive(archive));
    CHECK(wick::get_optimizer(read) == state);
  }
}

TEST_CASE("parameters are found by states of other shapes: factors of Adafactor, vectors of LBFGS") {
  wick::StateDict model;
  model.insert("fc.weight", AnyTensor::copy_of(Tensor<float>::zeros({4, 3})));
  model.insert("fc.bias", AnyTensor::copy_of(Tensor<float>::zeros({4})));
  const auto names_of = [&](const TorchDict& first, const TorchDict& second) {
    TorchDict states;
    states.items.emplace_back(std::int64_t{0}, first);
    if (!second.items.empty()) states.items.emplace_back(std::int64_t{1}, second);
    TorchDict root;
    root.add("state", states);
    root.add("param_groups", list({group()}));
    return wick::optimizer_parameters(root, model);
  };
  const auto factors = [](wick::Index rows, wick::Index columns) {
    TorchDict s;
    s.add("row_var", AnyTensor::copy_of(Tensor<float>::zeros({rows, 1})));
    s.add("col_var", AnyTensor::copy_of(Tensor<float>::zeros({1, columns})));
    return s;
  };
  TorchDict variance;
  variance.add("variance", tensor(1, 4));
  CHECK(names_of(factors(4, 3), variance) == names);
  CHECK(names_of(factors(5, 2), variance).empty());
  TorchDict lbfgs;
  lbfgs.add("func_evals", std::int64_t{3});
  lbfgs.add("d", tensor(1, 16));
  CHECK(names_of(lbfgs, {}) == names);
}

TEST_CASE("parameters are found by what the file tells") {
  const auto path = std::filesystem::path(WICK_TEST_DATA) / "torch" / "objects_optimizers.pth";
  const TorchValue file = wick::read_torch(path);
  const auto names_in = [&](const char* key) {
    wick::StateDict model;
    const auto* item = file.get_if<TorchDict>()->find(key)->get_if<TorchDict>();
    for (const auto& [name, t] : item->find("model")->get_if<TorchDict>()->items) {
      model.insert(*name.get_if<std::string>(), t.get_if<wick::TorchTensor>()->tensor);
    }
    return wick::optimizer_parameters(*item->find("optimizer"), model);
  };
  using Names = std::vector<std::string>;
  CHECK(names_in("Adam") == Names{"0.weight", "0.bias", "2.weight", "2.bias"});
  CHECK(names_in("Adam_groups") == Names{"0.weight", "0.bias", "2.weight", "2.bias"});
  CHECK(names_in("Adam_named") == Names{"0.weight", "0.bias", "2.weight", "2.bias"});
  CHECK(names_in("Adam_batchnorm") ==
        Names{"0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"});
  CHECK(names_in("Adam_tied") == Names{"a.weight", "a.bias", "b.bias"});
  CHECK(names_in("Adam_frozen").empty());
  CHECK(names_in("AdamW_decay").empty());  // weights first, then biases: the shapes tell
}

TEST_CASE("what an optimizer's state cannot say is refused") {
  CHECK(refused(TorchValue("text")) ==
        "optimizer state: expected a dict with \"state\" and \"param_groups\", got str");
  CHECK(refused(adam({})) == "optimizer state: there is no parameter group");
  CHECK(refused(adam({TorchDict{}})) == "optimizer state: a parameter group has no list \"params\"");
  CHECK(refused(adam({with(group(), "params", list({1.5}))})) ==
        "optimizer state: expected numbers in \"params\", got float");
  CHECK(refused(adam({with(group(), "params", list({std::int64_t{0}}))})) ==
        "optimizer state: there are states of parameters that are in no group");
  CHECK(refused(adam({with(group(), "x", TorchDict{})})) ==
        "optimizer state: \"x\" is a value of type dict, which has no place in a state");
  CHECK(refused(adam({with(group(), "x", wick::TorchObject{"net.Net"})})) ==
        "optimizer state: \"x\" is a value of type object, which has no place in a state");
  CHECK(refused(adam({with(group(), "a.b", 1.5)})) ==
        "optimizer state: the option \"a.b\" has a name of another form");
  CHECK(refused(adam({with(group(), "lr", tensor(1, 2))})) ==
        "optimizer state: the option \"lr\" is a tensor of more than one number");
  TorchDict odd = adam({group()});
  odd.items[0].second = TorchDict{};
  odd.items[0].second.get_if<TorchDict>()->items.emplace_back(std::int64_t{1}, "text");
  CHECK(refused(odd) == "optimizer state: expected a dict for parameter \"1\", got str");
  TorchValue deep = 1.5;
  for (int i = 0; i < 20; ++i) deep = list({deep, "a"});
  CHECK(refused(adam({with(group(), "x", deep)})) ==
        "optimizer state: a value is nested too deeply or has too long a name");
  std::vector<TorchValue> many(5000, TorchNone{});
  TorchDict states;
  TorchDict entry;
  entry.add("x", list(many));
  states.items.emplace_back(std::int64_t{0}, entry);
  CHECK(refused(with(adam({group()}), "state", states)) ==
        "optimizer state: there are more than 2048 values");

  const auto bad_path = [](std::vector<std::string> none) {
    const wick::OptimizerState state{.type = "Adam",
                                     .step = 0,
                                     .options = {},
                                     .tensors = {},
                                     .groups = {},
                                     .values = {},
                                     .none = std::move(none)};
    return message_of<wick::OptionError>([&] { static_cast<void>(wick::optimizer_to_torch(state, names)); });
  };
  CHECK(bad_path({"values.fc.bias.x[1]"}) ==
        "optimizer state: \"x[1]\" does not follow on what is before it");
  CHECK(bad_path({"values.fc.bias.x[0"}) == "optimizer state: \"x[0\" has no end of its number");
  CHECK(bad_path({"values.fc.bias.x[0]y"}) == "optimizer state: \"x[0]y\" goes on after its number");
  CHECK(bad_path({"values.fc.bias.x[0]", "values.fc.bias.x(1)"}) ==
        "optimizer state: \"x(1)\" does not follow on what is before it");
  CHECK(bad_path({"values.fc.bias.x", "values.fc.bias.x"}) == "optimizer state: \"x\" is there twice");
  CHECK(bad_path({"values.fc.bias.x", "values.fc.bias.x[0]"}) ==
        "optimizer state: \"x[0]\" does not follow on what is before it");
  CHECK(bad_path({"options.lr[18446744073709551616]"}).starts_with("optimizer state: "));

  wick::OptimizerState stray{
      .type = "Adam", .step = 1, .options = {}, .tensors = {{"other.exp_avg", tensor(1, 1)}}};
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(wick::optimizer_to_torch(stray, names)); }) ==
        "optimizer state: the tensor \"other.exp_avg\" belongs to no parameter of the model");
}
