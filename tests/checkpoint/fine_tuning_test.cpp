// A part of a trained network as the start of another one, as in PyTorch.

#include <wick/autograd.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/state/load_state_dict.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

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

StateDict read_state_dict(wick_tests::Fixture& file) {
  StateDict sd;
  for (auto n = file.get<std::uint32_t>(); n > 0; --n) {
    std::string name = file.text();
    const Shape shape = file.shape();
    sd.insert(std::move(name), AnyTensor::copy_of(file.tensor<float>(shape)));
  }
  return sd;
}

Names read_names(wick_tests::Fixture& file) {
  Names names(file.get<std::uint32_t>());
  for (auto& name : names) name = file.text();
  return names;
}

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// The part "fine-tuning" of tests/reference/make_partial_loading.py.
struct Reference {
  StateDict first;   // 6 -> 5 -> 4 -> 3
  StateDict second;  // 6 -> 5 -> 4 -> 2
  std::string result;
  Names missing;
  Tensor<float> x;
  Tensor<std::int64_t> labels;
  StateDict after;
};

Reference read_reference() {
  wick_tests::Fixture file("partial_loading.bin");
  for (auto cases = file.get<std::uint32_t>(); cases > 0; --cases) {
    static_cast<void>(file.text());
    static_cast<void>(read_names(file));
    static_cast<void>(read_names(file));
  }
  for (auto models = file.get<std::uint32_t>(); models > 0; --models) {
    static_cast<void>(file.text());
    for (auto n = file.get<std::uint32_t>(); n > 0; --n) static_cast<void>(file.get<std::uint32_t>());
    static_cast<void>(read_state_dict(file));
    for (int i = 0; i < 2; ++i) {
      const Shape shape = file.shape();
      static_cast<void>(file.tensor<float>(shape));
    }
  }
  Reference r;
  r.first = read_state_dict(file);
  r.second = read_state_dict(file);
  r.result = file.text();
  r.missing = read_names(file);
  const Shape shape = file.shape();
  r.x = file.tensor<float>(shape);
  r.labels = Tensor<std::int64_t>(Shape{static_cast<Index>(file.get<std::uint32_t>())});
  for (Index i = 0; i < r.labels.numel(); ++i) r.labels.data()[i] = file.get<std::uint32_t>();
  r.after = read_state_dict(file);
  REQUIRE(file.at_end());
  return r;
}

Network<float> second_network(const Reference& r) {
  const std::vector<Index> hidden{5, 4};
  Network<float> model(6, 2, hidden, {.dropout = 0}, uninitialised);
  CHECK(model.load_state_dict(r.second).all_matched());
  return model;
}

void step(Network<float>& model, const Reference& r) {
  const NLLLoss<float> criterion;
  Adam<float> adam(model.parameters(), {.lr = 0.01});
  adam.zero_grad();
  criterion(model(r.x), r.labels).backward();
  adam.step();
}

}  // namespace

TEST_CASE("all but the output layer is loaded into a network with another output size, which then trains") {
  const Reference r = read_reference();
  Network<float> model = second_network(r);
  SUBCASE("by passing over shapes") {
    const LoadResult result = model.load_state_dict(r.first, {.allow_shape_mismatch = true});
    CHECK(result.missing_keys.empty());
    CHECK(result.unexpected_keys.empty());
    REQUIRE(result.mismatched_keys.size() == 2);
    CHECK(result.mismatched_keys[0] == ShapeMismatch{"output.weight", {3, 4}, {2, 4}});
    CHECK(result.mismatched_keys[1] == ShapeMismatch{"output.bias", {3}, {2}});
    CHECK(result.loaded_keys == Names{"hidden_layers.0.weight", "hidden_layers.0.bias",
                                      "hidden_layers.1.weight", "hidden_layers.1.bias"});
  }
  SUBCASE("by selecting tensors, as in PyTorch") {
    const StateDict part =
        select(r.first, [](std::string_view name) { return !name.starts_with("output."); });
    const LoadResult result = model.load_state_dict(part, false);
    CHECK(printed(result) == r.result);
    CHECK(result.missing_keys == r.missing);
  }
  SUBCASE("by a function that leaves names out") {
    const LoadResult result = model.load_state_dict(
        r.first, {.strict = false, .rename = [](std::string_view name) -> std::optional<std::string> {
                    if (name.starts_with("output.")) return std::nullopt;
                    return std::string(name);
                  }});
    CHECK(printed(result) == r.result);
  }
  for (const auto& [key, tensor] : model.state_dict()) {
    const std::string& name = key;  // Clang 14 captures no structured binding
    CAPTURE(name);
    CHECK(tensor == (name.starts_with("output.") ? r.second : r.first)[name]);
  }
  step(model, r);
  for (const auto& [key, tensor] : model.state_dict()) {
    const std::string& name = key;  // Clang 14 captures no structured binding
    CAPTURE(name);
    CHECK(all_close(tensor.to<float>(), r.after[name].to<float>(), 1e-6, 1e-6));
    CHECK_FALSE(tensor == (name.starts_with("output.") ? r.second : r.first)[name]);
  }
}

TEST_CASE("a state dict that is refused changes nothing, whatever the options") {
  const Reference r = read_reference();
  Network<float> model = second_network(r);
  const auto refused = [&](const StateDict& sd, const LoadOptions& options) {
    CHECK_THROWS_AS(model.load_state_dict(sd, options), Error);
    CHECK(model.state_dict() == r.second);
  };
  refused(r.first, {});
  refused(r.first, {.strict = false});
  StateDict part = select(r.first, [](std::string_view name) { return name != "output.bias"; });
  refused(part, {.allow_shape_mismatch = true});
  StateDict more = r.first;
  more.insert("steps", r.first["output.bias"]);
  refused(more, {.allow_shape_mismatch = true});
  refused(r.second, {.add_prefix = "module."});
  StateDict twice = r.second;
  twice.insert("module.output.bias", r.second["output.bias"]);
  refused(twice, {.strict = false, .strip_prefix = "module."});
  CHECK_THROWS_AS(
      model.load_state_dict(r.first, {.allow_shape_mismatch = true,
                                      .rename = [](std::string_view name) -> std::optional<std::string> {
                                        if (name == "output.bias") throw Error("not today");
                                        return std::string(name);
                                      }}),
      Error);
  CHECK(model.state_dict() == r.second);
}

TEST_CASE("strictness is given as in Python or by name") {
  const Reference r = read_reference();
  Network<float> model = second_network(r);
  StateDict more = r.second;
  more.insert("steps", r.second["output.bias"]);
  CHECK(model.load_state_dict(more, false).unexpected_keys == Names{"steps"});
  CHECK(model.load_state_dict(more, {.strict = false}).unexpected_keys == Names{"steps"});
  const std::string text =
      "Error(s) in loading state_dict for Network:\n\tUnexpected key(s) in state_dict: \"steps\". ";
  CHECK(message_of<StateDictError>([&] { model.load_state_dict(more); }) == text);
  CHECK(message_of<StateDictError>([&] { model.load_state_dict(more, true); }) == text);
  CHECK(message_of<StateDictError>([&] { model.load_state_dict(more, {}); }) == text);
}

TEST_CASE("names of DataParallel load with their prefix stripped") {
  const Reference r = read_reference();
  Network<float> model = second_network(r);
  StateDict wrapped;
  for (const auto& [name, tensor] : r.after) wrapped.insert("module." + name, tensor);
  CHECK(model.load_state_dict(wrapped, {.strip_prefix = "module."}).all_matched());
  CHECK(model.state_dict() == r.after);
}
