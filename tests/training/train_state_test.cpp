#include <wick/training/train_state.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using wick::AnyTensor;
using wick::Attributes;
using wick::StateDict;
using wick::Tensor;
using wick::train_state_from_checkpoint;
using wick::TrainState;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

TrainState example() {
  TrainState s;
  s.epoch = 3;
  s.step = 1234;
  s.running_loss = 0.1 + 0.2;
  s.loader = {.order = {4, 0, 3, 1, 2}, .position = 2};
  wick::Generator a(42);
  static_cast<void>(a.random32());
  s.model_generator = a.state();
  wick::Generator b((std::numeric_limits<std::uint64_t>::max)());
  b.cache_normal(-1.25);
  s.train_generator = b.state();
  s.test_generator = wick::Generator().state();
  return s;
}

StateDict with(const StateDict& tensors, const std::string& name, const AnyTensor& t) {
  StateDict changed;
  for (const auto& [key, tensor] : tensors) changed.insert(key, key == name ? t : tensor);
  return changed;
}

}  // namespace

TEST_CASE("the state of a run survives being stored as attributes and tensors") {
  for (const bool in_pass : {true, false}) {
    TrainState s = example();
    if (!in_pass) s.loader = {};
    const auto [attributes, tensors] = wick::to_checkpoint(s);
    const TrainState t = train_state_from_checkpoint(attributes, tensors);
    CHECK(t.epoch == s.epoch);
    CHECK(t.step == s.step);
    CHECK(t.running_loss == s.running_loss);
    CHECK(t.loader.order == s.loader.order);
    CHECK(t.loader.position == s.loader.position);
    CHECK(t.model_generator == s.model_generator);
    CHECK(t.train_generator == s.train_generator);
    CHECK(t.test_generator == s.test_generator);
    const auto again = wick::to_checkpoint(t);
    CHECK(again.first == attributes);
    CHECK(again.second == tensors);
  }
}

TEST_CASE("it is stored under the names of the document") {
  const auto [attributes, tensors] = wick::to_checkpoint(example());
  CHECK(attributes.get<std::int64_t>("epoch") == 3);
  CHECK(attributes.get<std::int64_t>("step") == 1234);
  CHECK(attributes.get<double>("running_loss") == 0.1 + 0.2);
  CHECK(attributes.get<std::int64_t>("position") == 2);
  CHECK(attributes.get<std::int64_t>("model_generator.seed") == 42);
  CHECK(attributes.get<std::int64_t>("model_generator.next") == 1);
  CHECK(attributes.get<std::int64_t>("train_generator.seed") == -1);
  CHECK(attributes.get<double>("train_generator.cached_normal") == -1.25);
  CHECK_FALSE(attributes.contains("model_generator.cached_normal"));
  CHECK(tensors.keys() ==
        StateDict::Keys{"order", "model_generator.words", "train_generator.words", "test_generator.words"});
  CHECK(tensors["order"].to<std::int64_t>() == Tensor<std::int64_t>::from({4, 0, 3, 1, 2}));
  CHECK(tensors["test_generator.words"].shape() == wick::Shape{624});
}

TEST_CASE("whatever is missing or of another type is named") {
  // Not a structured binding, which Clang 14 does not capture.
  const auto stored = wick::to_checkpoint(example());
  const Attributes& attributes = stored.first;
  const StateDict& tensors = stored.second;
  for (const auto& attribute : attributes) {
    const std::string& name = attribute.first;
    CAPTURE(name);
    Attributes fewer;
    Attributes other;
    for (const auto& [key, v] : attributes) {
      if (key != name) fewer.set(key, v);
      other.set(key, key == name ? wick::Attribute("text") : v);
    }
    const auto read = [&](const Attributes& a) {
      static_cast<void>(train_state_from_checkpoint(a, tensors));
    };
    if (!name.ends_with("cached_normal")) {
      CHECK(message_of<wick::IndexError>([&] { read(fewer); }) == "Attributes: no value \"" + name + "\"");
    }
    CHECK(message_of<wick::IndexError>([&] { read(other); }) ==
          "Attributes: \"" + name + "\" has another type");
  }
  for (const auto& name : tensors.keys()) {
    StateDict fewer;
    for (const auto& [key, t] : tensors) {
      if (key != name) fewer.insert(key, t);
    }
    CHECK(contains(message_of<wick::IndexError>(
                       [&] { static_cast<void>(train_state_from_checkpoint(attributes, fewer)); }),
                   "no key \"" + name + "\""));
  }
}

TEST_CASE("values that no run produces are refused") {
  // Not a structured binding, which Clang 14 does not capture.
  const auto stored = wick::to_checkpoint(example());
  const Attributes& attributes = stored.first;
  const StateDict& tensors = stored.second;
  const auto refusal = [&](const Attributes& a, const StateDict& t) {
    return message_of<wick::OptionError>([&] { static_cast<void>(train_state_from_checkpoint(a, t)); });
  };
  for (const char* name : {"epoch", "step", "position"}) {
    // Above 2^53 no run gets, and at 2^63 - 1 the next step would overflow.
    constexpr std::int64_t most = std::int64_t{1} << 53;
    for (const std::int64_t count :
         {std::int64_t{-1}, most + 1, (std::numeric_limits<std::int64_t>::max)()}) {
      Attributes bad = attributes;
      bad.set(name, count);
      CHECK(refusal(bad, tensors) == "TrainState: " + std::string(name) +
                                         " must be in [0, 9007199254740992], got " + std::to_string(count));
    }
    Attributes last = attributes;
    last.set(name, most);
    CHECK_NOTHROW(static_cast<void>(train_state_from_checkpoint(last, tensors)));
  }
  for (const char* name :
       {"running_loss", "best_test_loss", "best_test_accuracy", "train_generator.cached_normal"}) {
    Attributes bad = attributes;
    bad.set(name, std::numeric_limits<double>::quiet_NaN());
    CHECK(refusal(bad, tensors) == "TrainState: " + std::string(name) + " must be finite, got nan");
    bad.set(name, -std::numeric_limits<double>::infinity());
    CHECK(refusal(bad, tensors) == "TrainState: " + std::string(name) + " must be finite, got -inf");
  }
  const std::string wrong = "TrainState: the state of \"train_generator\" is not one of a generator";
  for (const std::int64_t next : {std::int64_t{-1}, std::int64_t{625}, std::int64_t{1} << 32}) {
    Attributes bad = attributes;
    bad.set("train_generator.next", next);
    CHECK(refusal(bad, tensors) == wrong);
  }
  const auto with_words = [&](const AnyTensor& words) {
    return refusal(attributes, with(tensors, "train_generator.words", words));
  };
  CHECK(with_words(AnyTensor::copy_of(Tensor<std::int64_t>::zeros({623}))) == wrong);
  CHECK(with_words(AnyTensor::copy_of(Tensor<std::int64_t>::zeros({624, 1}))) == wrong);
  for (const std::int64_t word : {std::int64_t{-1}, std::int64_t{1} << 32}) {
    auto words = Tensor<std::int64_t>::zeros({624});
    words.at(600) = word;
    CHECK(with_words(AnyTensor::copy_of(words)) == wrong);
  }
}
