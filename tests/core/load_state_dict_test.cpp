#include <wick/core/load_state_dict.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

AnyTensor zeros(const Shape& shape) { return AnyTensor::copy_of(Tensor<float>::zeros(shape)); }

std::vector<std::string> read_names(wick_tests::Fixture& file) {
  std::vector<std::string> names(file.get<std::uint32_t>());
  for (auto& name : names) name = file.text();
  return names;
}

}  // namespace

TEST_CASE("load_state_dict answers in PyTorch's words, order and lists") {
  // tests/reference/make_state_dict.py
  wick_tests::Fixture file("state_dict.bin");
  std::vector<StateDictSpec> models(file.get<std::uint32_t>());
  for (auto& model : models) {
    model.class_name = file.text();
    model.tensors.resize(file.get<std::uint32_t>());
    for (auto& t : model.tensors) {
      t.name = file.text();
      t.shape = file.shape();
    }
    model.modules = read_names(file);
  }

  const auto count = file.get<std::uint32_t>();
  REQUIRE(count > 200);
  int loaded = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    CAPTURE(i);
    const StateDictSpec& model = models.at(file.get<std::uint32_t>());
    const bool strict = file.get<std::uint32_t>() != 0;
    StateDict sd;
    for (auto n = file.get<std::uint32_t>(); n > 0; --n) {
      std::string name = file.text();
      sd.insert(std::move(name), zeros(file.shape()));
    }
    CHECK(printed(sd.keys()) == file.text());
    const bool expect_success = file.get<std::uint32_t>() != 0;
    const std::string text = file.text();
    const auto missing = read_names(file);
    const auto unexpected = read_names(file);
    try {
      const LoadResult result = check_state_dict(model, sd, {.strict = strict});
      CHECK(expect_success);
      CHECK(printed(result) == text);
      CHECK(result.missing_keys == missing);
      CHECK(result.unexpected_keys == unexpected);
      CHECK(result.all_matched() == (text == "<All keys matched successfully>"));
      ++loaded;
    } catch (const StateDictError& e) {
      CHECK_FALSE(expect_success);
      CHECK(std::string(e.what()) == text);
      CHECK(e.missing_keys() == missing);
      CHECK(e.unexpected_keys() == unexpected);
      for (const auto& key : e.mismatched_keys()) {
        CHECK(wick_tests::contains(text, "\n\tsize mismatch for " + key + ": "));
      }
    }
  }
  CHECK(loaded > 20);
  CHECK(file.at_end());
}

TEST_CASE("the lesson's error is reproduced character for character") {
  const StateDictSpec model{.class_name = "Network",
                            .tensors = {{"hidden_layers.0.weight", {400, 784}},
                                        {"hidden_layers.0.bias", {400}},
                                        {"output.weight", {10, 400}},
                                        {"output.bias", {10}}},
                            .modules = {"hidden_layers", "output", "dropout"}};
  const StateDict sd{{"hidden_layers.0.weight", zeros({512, 784})},
                     {"hidden_layers.0.bias", zeros({512})},
                     {"output.weight", zeros({10, 512})},
                     {"output.bias", zeros({10})}};
  const std::string expected =
      "Error(s) in loading state_dict for Network:\n"
      "\tsize mismatch for hidden_layers.0.weight: copying a param with shape torch.Size([512, 784]) from "
      "checkpoint, the shape in current model is torch.Size([400, 784]).\n"
      "\tsize mismatch for hidden_layers.0.bias: copying a param with shape torch.Size([512]) from "
      "checkpoint, the shape in current model is torch.Size([400]).\n"
      "\tsize mismatch for output.weight: copying a param with shape torch.Size([10, 512]) from "
      "checkpoint, the shape in current model is torch.Size([10, 400]).";
  CHECK(message_of<StateDictError>([&] { static_cast<void>(check_state_dict(model, sd)); }) == expected);
  CHECK(message_of<StateDictError>(
            [&] { static_cast<void>(check_state_dict(model, sd, {.strict = false})); }) == expected);
}

TEST_CASE("strays of modules are reported in the order in which the model lists its modules") {
  StateDictSpec model{.class_name = "Net", .tensors = {{"output.weight", {1}}}, .modules = {}};
  const StateDict sd{{"output.x", zeros({1})}, {"dropout.x", zeros({1})}, {"output.weight", zeros({1})}};
  const auto unexpected = [&] { return check_state_dict(model, sd, {.strict = false}).unexpected_keys; };
  CHECK(unexpected() == std::vector<std::string>{"dropout.x", "output.x"});  // no module: a stray of the root
  model.modules = {"output", "dropout"};
  CHECK(unexpected() == std::vector<std::string>{"output.x", "dropout.x"});
  model.modules = {"dropout", "output"};
  CHECK(unexpected() == std::vector<std::string>{"dropout.x", "output.x"});
}

TEST_CASE("a hundred thousand names are inserted and checked without delay") {
  StateDict sd;
  for (int i = 0; i < 100000; ++i) sd.insert("stray." + std::to_string(i), zeros({}));
  const auto result =
      check_state_dict({.class_name = "Net", .tensors = {}, .modules = {}}, sd, {.strict = false});
  CHECK(result.unexpected_keys.size() == 100000);
}
