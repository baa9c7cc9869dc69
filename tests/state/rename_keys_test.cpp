#include <wick/state/rename_keys.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace wick;
using wick_tests::message_of;
using Names = std::vector<std::string>;

namespace {

AnyTensor number(float value) { return AnyTensor::copy_of(Tensor<float>::from({value})); }

Names read_names(wick_tests::Fixture& file) {
  Names names(file.get<std::uint32_t>());
  for (auto& name : names) name = file.text();
  return names;
}

Names keys_of(const StateDict& sd) {
  const auto keys = sd.keys();
  return {keys.begin(), keys.end()};
}

}  // namespace

TEST_CASE("prefixes are stripped as PyTorch strips them, but the order is kept") {
  // tests/reference/make_partial_loading.py
  wick_tests::Fixture file("partial_loading.bin");
  const auto count = file.get<std::uint32_t>();
  REQUIRE(count == 6);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string prefix = file.text();
    const Names names = read_names(file);
    Names expected = read_names(file);
    CAPTURE(prefix);
    StateDict sd;
    for (const auto& name : names) sd.insert(name, number(static_cast<float>(sd.size())));
    const StateDict stripped = strip_prefix(sd, prefix);
    REQUIRE(stripped.size() == names.size());
    Names found = keys_of(stripped);
    for (std::size_t k = 0; k < names.size(); ++k) {
      CHECK((names[k] == found[k] || names[k] == prefix + found[k]));
      CHECK(stripped[found[k]] == sd[names[k]]);
    }
    std::ranges::sort(found);
    std::ranges::sort(expected);
    CHECK(found == expected);
    CHECK(keys_of(sd) == names);
  }
}

TEST_CASE("prefixes are added to every name and can be stripped again") {
  const StateDict sd{{"a", number(1)}, {"module.b", number(2)}, {"", number(3)}};
  const StateDict longer = add_prefix(sd, "module.");
  CHECK(keys_of(longer) == Names{"module.a", "module.module.b", "module."});
  CHECK(strip_prefix(longer, "module.") == sd);
  CHECK(add_prefix(sd, "") == sd);
  CHECK(strip_prefix(sd, "") == sd);
}

TEST_CASE("a function renames tensors and leaves some out") {
  const StateDict sd{{"fc1.weight", number(1)}, {"steps", number(2)}, {"fc1.bias", number(3)}};
  std::vector<std::string> asked;
  const StateDict result = rename(sd, [&](std::string_view name) -> std::optional<std::string> {
    asked.emplace_back(name);
    if (name == "steps") return std::nullopt;
    return "output" + std::string(name.substr(3));
  });
  CHECK(asked == Names{"fc1.weight", "steps", "fc1.bias"});
  CHECK(result == StateDict{{"output.weight", number(1)}, {"output.bias", number(3)}});
}

TEST_CASE("two tensors never get one name") {
  const StateDict sd{{"a", number(1)}, {"module.a", number(2)}};
  CHECK(message_of<IndexError>([&] { static_cast<void>(strip_prefix(sd, "module.")); }) ==
        "rename: \"a\" and \"module.a\" would both be called \"a\"");
  CHECK(message_of<IndexError>([&] {
          static_cast<void>(rename(sd, [](std::string_view) -> std::optional<std::string> { return "x"; }));
        }) == "rename: \"a\" and \"module.a\" would both be called \"x\"");
}

TEST_CASE("tensors are selected by name, or by name and tensor") {
  const StateDict sd{{"a.weight", number(1)}, {"a.bias", number(2)}, {"b.weight", number(3)}};
  CHECK(keys_of(select(sd, [](std::string_view name) { return name.ends_with(".weight"); })) ==
        Names{"a.weight", "b.weight"});
  CHECK(keys_of(select(sd, [](std::string_view name, const AnyTensor& tensor) {
          return name != "a.bias" && tensor.to<float>().at(0) > 2;
        })) == Names{"b.weight"});
  CHECK(select(sd, [](std::string_view) { return false; }).empty());
}
