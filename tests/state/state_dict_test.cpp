#include <wick/state/state_dict.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

AnyTensor zeros(const Shape& shape) { return AnyTensor::copy_of(Tensor<float>::zeros(shape)); }

}  // namespace

TEST_CASE("a state dict keeps its order and finds tensors by name") {
  StateDict sd;
  CHECK(sd.empty());
  sd.insert("b", zeros({2}));
  sd.insert("a", zeros({3}));
  sd.insert("", zeros({4}));
  CHECK(sd.size() == 3);
  CHECK(sd.keys() == StateDict::Keys{"b", "a", ""});
  CHECK(sd["a"].shape() == Shape{3});
  CHECK(sd.find("b")->shape() == Shape{2});
  CHECK(sd[""].shape() == Shape{4});
  CHECK(sd.find("c") == nullptr);
  CHECK(sd.contains("b"));
  CHECK_FALSE(sd.contains("B"));
  std::vector<std::string> names;
  for (const auto& [name, tensor] : sd) names.push_back(name);
  CHECK(names == std::vector<std::string>{"b", "a", ""});
}

TEST_CASE("a state dict refuses a name twice and names that are not there") {
  StateDict sd{{"a", zeros({1})}};
  CHECK(message_of<IndexError>([&] { sd.insert("a", zeros({2})); }) ==
        "StateDict: the key \"a\" exists already");
  CHECK(sd.size() == 1);
  CHECK(sd["a"].shape() == Shape{1});
  CHECK(message_of<IndexError>([&] { static_cast<void>(sd["bb"]); }) ==
        "StateDict: no key \"bb\" among 1 keys");
}

TEST_CASE("copies, moves and comparison of state dicts go by entries and order") {
  const StateDict ab{{"a", zeros({1})}, {"b", zeros({2})}};
  const StateDict ba{{"b", zeros({2})}, {"a", zeros({1})}};
  StateDict copy = ab;
  CHECK(copy == ab);
  CHECK_FALSE(copy == ba);
  copy.insert("c", zeros({3}));
  CHECK_FALSE(copy == ab);
  CHECK_FALSE(ab.contains("c"));
  const StateDict moved = std::move(copy);
  CHECK(moved["c"].shape() == Shape{3});
  CHECK(moved["b"].shape() == Shape{2});
}

namespace {

template <class X>
concept can_find = requires(X&& x) {
  std::forward<X>(x).find("a");
};
static_assert(can_find<StateDict&> && !can_find<StateDict>);
template <class X>
concept has_bytes = requires(X&& x) {
  std::forward<X>(x).bytes();
};
static_assert(has_bytes<AnyTensor&> && has_bytes<const AnyTensor&> && !has_bytes<AnyTensor>);

}  // namespace

TEST_CASE("what is taken from a temporary state dict owns its memory") {
  const auto dict = [] { return StateDict{{"a", AnyTensor::copy_of(Tensor<float>::from({1, 2, 3}))}}; };
  const auto& a = dict()["a"];
  CHECK(a.to<float>().at(2) == 3);
  static_assert(std::is_same_v<decltype(dict()["a"]), AnyTensor>);
}
