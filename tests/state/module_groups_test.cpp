#include <wick/state/module_groups.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string_view>
#include <vector>

using namespace wick;
using Order = std::vector<std::size_t>;

namespace {

std::optional<Order> told(const std::vector<std::string_view>& names, bool sorted) {
  return order_from_names(names, sorted);
}

}  // namespace

TEST_CASE("tensors are gathered by module, modules in the order of their first tensors") {
  const std::vector<StateDictSpec::Tensor> tensors{{"b.weight", {2, 3}}, {"a.0.weight", {1, 2}},
                                                   {"b.bias", {2}},      {"scale", {}},
                                                   {"a.0.bias", {1}},    {".x", {4}}};
  const auto groups = group_by_module(tensors);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].path == "b");
  REQUIRE(groups[0].tensors.size() == 2);
  CHECK(groups[0].tensors[0].name == "b.bias");
  CHECK(groups[0].tensors[0].last == "bias");
  CHECK(groups[0].tensors[1].last == "weight");
  CHECK(groups[0].tensors[1].shape == Shape{2, 3});
  CHECK(groups[1].path == "a.0");
  CHECK(groups[2].path.empty());
  REQUIRE(groups[2].tensors.size() == 2);
  CHECK(groups[2].tensors[0].name == "scale");
  CHECK(groups[2].tensors[1].name == ".x");
  CHECK(group_by_module({}).empty());
}

TEST_CASE("a file sorted by name is told from the order of a model") {
  const auto sorted = [](const std::vector<StateDictSpec::Tensor>& tensors) {
    return sorted_by_name(tensors);
  };
  CHECK(sorted({{"a.bias", {}}, {"a.weight", {}}, {"b.bias", {}}}));
  CHECK_FALSE(sorted({{"a.weight", {}}, {"a.bias", {}}, {"b.weight", {}}}));
  CHECK_FALSE(sorted({{"a.weight", {}}}));
  CHECK_FALSE(sorted({}));
}

TEST_CASE("numbers in names tell the order, and doubt is told") {
  for (const bool sorted : {false, true}) {
    CHECK(told({}, sorted) == Order{});
    CHECK(told({"x"}, sorted) == Order{0});
    CHECK(told({"0", "3", "6"}, sorted) == Order{0, 1, 2});
    CHECK(told({"fc1", "fc2", "fc10"}, sorted) == Order{0, 1, 2});
    CHECK(told({"a.1.b.2", "a.1.b.10", "a.2.b.1"}, sorted) == Order{0, 1, 2});
    CHECK(told({"f99999999999999999999", "f100000000000000000000"}, sorted) == Order{0, 1});
    CHECK_FALSE(told({"fc1", "fc01"}, sorted));
    CHECK_FALSE(told({"fc2", "out", "fc1"}, sorted));
  }
  // A file in another order than its numbers: only sorting explains it.
  CHECK(told({"0", "10", "2"}, true) == Order{0, 2, 1});
  CHECK_FALSE(told({"0", "10", "2"}, false));
  CHECK_FALSE(told({"fc2", "fc1"}, false));
  // Words have the order of the file, unless it was sorted.
  CHECK(told({"stem", "body", "head"}, false) == Order{0, 1, 2});
  CHECK_FALSE(told({"body", "head", "stem"}, true));
  CHECK(told({"fc1", "fc2", "out"}, false) == Order{0, 1, 2});
  CHECK_FALSE(told({"fc1", "fc2", "out"}, true));
}
