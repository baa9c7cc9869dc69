#include <wick/io/torch/find_model.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using wick::TorchDict;
using wick::TorchSequence;
using wick::TorchValue;
using wick_tests::contains;

namespace {

TorchValue tensor(float x) { return wick::AnyTensor::copy_of(wick::Tensor<float>::from({x})); }
TorchValue state_dict(float x = 1) {
  TorchDict dict{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  dict.add("weight", tensor(x));
  return dict;
}
TorchValue dict_of(std::vector<std::pair<std::string, TorchValue>> items) {
  TorchDict dict;
  for (auto& [key, value] : items) dict.add(key, std::move(value));
  return dict;
}
TorchValue list_of(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::list, std::move(items)};
}

/// The number in the model that is found, or why there is none.
std::string found(const TorchValue& value) {
  const auto model = wick::find_torch_model(value);
  if (model.value == nullptr) return model.why_not;
  CHECK(model.why_not.empty());
  const TorchValue* weight = model.value->get_if<TorchDict>()->find("weight");
  const auto values = weight->get_if<wick::TorchTensor>()->tensor.to<float>();
  return std::to_string(static_cast<int>(values.data()[0]));
}

}  // namespace

TEST_CASE("the only state dict is found at any of four levels, in dicts and lists") {
  CHECK(found(state_dict()) == "1");
  CHECK(found(dict_of({{"a", state_dict()}})) == "1");
  CHECK(found(dict_of({{"a", dict_of({{"b", state_dict()}})}, {"n", std::int64_t{1}}})) == "1");
  CHECK(found(dict_of({{"a", dict_of({{"b", dict_of({{"c", dict_of({{"d", state_dict()}})}})}})}})) == "1");
  CHECK(found(list_of({state_dict(), dict_of({{"epoch", std::int64_t{1}}})})) == "1");
  CHECK(contains(
      found(dict_of(
          {{"a", dict_of({{"b", dict_of({{"c", dict_of({{"d", dict_of({{"e", state_dict()}})}})}})}})}})),
      "got a value of type dict without tensors"));
}

TEST_CASE("the nearest level counts, and the usual names in it") {
  CHECK(found(dict_of({{"ema", dict_of({{"x", state_dict(1)}})}, {"net", state_dict(2)}})) == "2");
  CHECK(found(dict_of({{"ema", state_dict(1)}, {"model", state_dict(2)}})) == "2");
  CHECK(found(dict_of({{"model", state_dict(1)}, {"state_dict", state_dict(2)}})) == "2");
  CHECK(found(dict_of({{"ema", dict_of({{"state_dict", state_dict(1)}})},
                       {"model", dict_of({{"state_dict", state_dict(2)}})}})) == "2");
  CHECK(found(dict_of({{"net", dict_of({{"model", state_dict(1)}, {"target", state_dict(2)}})}})) == "1");
}

TEST_CASE("of several without a usual name all are named, however many") {
  CHECK(found(dict_of({{"agent", dict_of({{"actor", state_dict()}, {"critic", state_dict()}})}})) ==
        "the file holds 2 state dicts: \"agent.actor\", \"agent.critic\"; say which one with a key");
  CHECK(found(list_of({state_dict(), state_dict()})) ==
        "the file holds 2 state dicts: \"0\", \"1\"; say which one with a key");
  TorchDict many;
  for (int i = 0; i < 5000; ++i) many.add(std::string(1000, 'k') + std::to_string(i), state_dict());
  const std::string text = found(many);
  CHECK(text.starts_with("the file holds 5000 state dicts: "));
  CHECK(text.size() < 3000);
}

TEST_CASE("tensors in an optimizer's state are no model") {
  const TorchValue optimizer =
      dict_of({{"state", dict_of({{"0", state_dict()}})}, {"param_groups", list_of({dict_of({})})}});
  CHECK(found(dict_of({{"optimizer", optimizer}, {"net", dict_of({{"deep", state_dict(2)}})}})) == "2");
  CHECK(contains(found(optimizer),
                 "the file has the state of an optimizer and no model; in Python: torch.save(model."));
}

TEST_CASE("what stands in the place of a state dict is named") {
  CHECK(found(list_of({tensor(1), tensor(2)})) ==
        "the file has a list of 2 tensors without names; in Python: torch.save(model.state_dict(), path)");
  CHECK(contains(found(tensor(1)), "the file has one tensor without a name"));
  TorchDict numbers;
  numbers.items.emplace_back(std::int64_t{0}, tensor(1));
  CHECK(found(numbers) ==
        "the file has 1 tensor whose names are of type int, not text; in Python: "
        "torch.save({str(k): v for k, v in torch.load(path).items()}, new_path)");
  TorchDict bytes;
  bytes.items.emplace_back(wick::TorchBytes{{std::byte{'w'}}}, tensor(1));
  CHECK(contains(found(bytes), "of type bytes, not text; in Python: torch.save({k.decode(): v for"));
  CHECK(found(dict_of({{"weight", tensor(1)}, {"epoch", std::int64_t{3}}})) ==
        "the file has 1 tensor and other values in one dict, 'epoch' among them; the state dict has to be an "
        "item of "
        "its own: torch.save({'state_dict': model.state_dict(), ...}, path)");
}

TEST_CASE("extra states may be anything beside tensors") {
  CHECK(found(dict_of({{"weight", tensor(3)}, {"fc._extra_state", dict_of({{"fp8", false}})}})) == "3");
  CHECK_FALSE(wick::is_torch_state_dict(dict_of({{"fc._extra_state", std::int64_t{1}}})));
}

TEST_CASE("an empty state dict is a model only under a usual name") {
  const TorchValue empty = TorchDict{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  CHECK(wick::find_torch_model(dict_of({{"state_dict", empty}})).value != nullptr);
  CHECK(wick::find_torch_model(dict_of({{"config", empty}})).value == nullptr);
}
