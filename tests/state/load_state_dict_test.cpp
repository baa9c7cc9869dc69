#include <wick/state/load_state_dict.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <complex>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::message_of;
using Names = std::vector<std::string>;

namespace {

/// PyTorch's text, with the four names in it that PyTorch would let through to the terminal as we show them.
std::string with_escapes(std::string text) {
  const std::vector<std::pair<std::string, std::string>> names{{"\"tab\there\"", R"("tab\there")"},
                                                               {"\"new\nline\"", R"("new\nline")"},
                                                               {"\"bell\x07\"", R"("bell\x07")"},
                                                               {"\"del\x7f\"", R"("del\x7f")"}};
  for (const auto& [raw, shown] : names) {
    for (auto at = text.find(raw); at != std::string::npos; at = text.find(raw))
      text.replace(at, raw.size(), shown);
  }
  return text;
}

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
      CHECK(e.torch_text() == with_escapes(text));
      CHECK(std::string(e.what()) == with_escapes(text) + e.hints());
      CHECK((e.hints().empty() || (strict && !missing.empty() && !unexpected.empty())));
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

TEST_CASE("what was loaded and what was not is returned") {
  const StateDictSpec model{
      .class_name = "Net",
      .tensors = {{"a.weight", {2, 3}}, {"a.bias", {2}}, {"b.weight", {4, 2}}, {"b.bias", {4}}},
      .modules = {}};
  const StateDict sd{
      {"b.weight", zeros({5, 2})}, {"b.bias", zeros({5})}, {"x", zeros({1})}, {"a.bias", zeros({2})}};
  const auto result = check_state_dict(model, sd, {.strict = false, .allow_shape_mismatch = true});
  CHECK(result.missing_keys == Names{"a.weight"});
  CHECK(result.unexpected_keys == Names{"x"});
  CHECK(result.mismatched_keys ==
        std::vector<ShapeMismatch>{{"b.weight", {5, 2}, {4, 2}}, {"b.bias", {5}, {4}}});
  CHECK(result.loaded_keys == Names{"a.bias"});
  CHECK_FALSE(result.all_matched());
  CHECK(
      printed(result) ==
      "_IncompatibleKeys(missing_keys=['a.weight'], unexpected_keys=['x'])\n"
      "b.weight was not loaded: its shape is torch.Size([5, 2]) in the checkpoint, torch.Size([4, 2]) in the "
      "model\n"
      "b.bias was not loaded: its shape is torch.Size([5]) in the checkpoint, torch.Size([4]) in the model");

  const auto shapes_only =
      check_state_dict({.class_name = "Net", .tensors = {{"x", {}}, {"y", {2}}}, .modules = {}},
                       {{"x", zeros({1})}, {"y", zeros({3})}}, {.allow_shape_mismatch = true});
  CHECK(shapes_only.loaded_keys == Names{"x"});  // a vector of one for a scalar, as in PyTorch
  CHECK(printed(shapes_only) ==
        "y was not loaded: its shape is torch.Size([3]) in the checkpoint, torch.Size([2]) in the model");
}

TEST_CASE("allowing other shapes does not allow other names") {
  const StateDictSpec model{.class_name = "Net", .tensors = {{"a", {2}}, {"b", {2}}}, .modules = {}};
  const StateDict sd{{"a", zeros({3})}};
  CHECK(message_of<StateDictError>([&] {
          static_cast<void>(check_state_dict(model, sd, {.allow_shape_mismatch = true}));
        }) == "Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: \"b\". ");
  CHECK(message_of<StateDictError>(
            [&] { static_cast<void>(check_state_dict(model, sd, {.strict = false})); }) ==
        "Error(s) in loading state_dict for Net:\n\tsize mismatch for a: copying a param with shape "
        "torch.Size([3]) from checkpoint, the shape in current model is torch.Size([2]).");
}

TEST_CASE("names change in the order strip, add, rename before anything is compared") {
  const StateDictSpec model{.class_name = "Net", .tensors = {{"net.a", {2}}}, .modules = {}};
  const StateDict sd{{"module.a", zeros({2})}, {"steps", zeros({})}};
  Names asked;
  LoadOptions options{.strip_prefix = "module.", .add_prefix = "net."};
  CHECK(check_state_dict(model, sd, {.strict = false, .strip_prefix = "module.", .add_prefix = "net."})
            .unexpected_keys == Names{"net.steps"});
  options.rename = [&](std::string_view name) -> std::optional<std::string> {
    asked.emplace_back(name);
    if (name == "net.steps") return std::nullopt;
    return std::string(name);
  };
  CHECK(check_state_dict(model, sd, options).all_matched());
  CHECK(asked == Names{"net.a", "net.steps"});

  options.rename = [](std::string_view) -> std::optional<std::string> { return "net.a"; };
  CHECK(message_of<IndexError>([&] { static_cast<void>(check_state_dict(model, sd, options)); }) ==
        "rename: \"module.a\" and \"steps\" would both be called \"net.a\"");
  CHECK_FALSE(LoadOptions{}.renames());
  CHECK(LoadOptions{.add_prefix = "x"}.renames());
}

TEST_CASE("a model of many modules and a file of as many names are compared without delay") {
  StateDict sd;
  StateDictSpec model{.class_name = "Net", .tensors = {}, .modules = {}};
  for (int i = 0; i < 30000; ++i) {
    const std::string layer = "layers." + std::to_string(i);
    model.tensors.push_back({layer + ".weight", {1}});
    sd.insert(layer + ".weight", zeros({1}));
    sd.insert(layer + ".stray", zeros({1}));
  }
  const auto result = check_state_dict(model, sd, {.strict = false});
  CHECK(result.loaded_keys.size() == 30000);
  REQUIRE(result.unexpected_keys.size() == 30000);
  CHECK(result.unexpected_keys[29999] == "layers.29999.stray");
}

TEST_CASE("a hundred thousand names are inserted and checked without delay") {
  StateDict sd;
  for (int i = 0; i < 100000; ++i) sd.insert("stray." + std::to_string(i), zeros({}));
  const auto result =
      check_state_dict({.class_name = "Net", .tensors = {}, .modules = {}}, sd, {.strict = false});
  CHECK(result.unexpected_keys.size() == 100000);
}

TEST_CASE("complex tensors for real parameters are an error, however lenient the options") {
  const AnyTensor complex = AnyTensor::copy_of(Tensor<std::complex<float>>::full({3}, {1, 5}));
  const StateDictSpec model{.class_name = "Net", .tensors = {{"w", Shape{3}}, {"b", Shape{3}}}};
  for (const LoadOptions& options : {LoadOptions{}, LoadOptions{.strict = false},
                                     LoadOptions{.strict = false, .allow_shape_mismatch = true}}) {
    CHECK(message_of<StateDictError>([&] {
            static_cast<void>(check_state_dict(model, {{"w", complex}, {"b", zeros({3})}}, options));
          }) ==
          "Error(s) in loading state_dict for Net:\n\tWhile copying the parameter named \"w\", expected real "
          "numbers, got torch.complex64: casting complex values to real would discard the imaginary part.");
  }
}
