#include <wick/state/detail/key_hints.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/match_by_shape.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::contains;

namespace {

AnyTensor zeros(const Shape& shape) { return AnyTensor::copy_of(Tensor<float>::zeros(shape)); }

const StateDictSpec lesson{.class_name = "Network",
                           .tensors = {{"hidden_layers.0.weight", {512, 784}},
                                       {"hidden_layers.0.bias", {512}},
                                       {"output.weight", {10, 512}},
                                       {"output.bias", {10}}},
                           .modules = {"hidden_layers", "output", "dropout"}};

StateDict own() {
  StateDict sd;
  for (const auto& t : lesson.tensors) sd.insert(t.name, zeros(t.shape));
  return sd;
}

/// The hints alone, after a check that they stand behind PyTorch's text.
std::string hints(const StateDict& sd, const StateDictSpec& model = lesson) {
  try {
    static_cast<void>(check_state_dict(model, sd));
  } catch (const StateDictError& e) {
    CHECK(e.torch_text().starts_with("Error(s) in loading state_dict for "));
    CHECK(e.what() == e.torch_text() + e.hints());
    return e.hints();
  }
  FAIL("expected an exception, none was thrown");
  return {};
}

StateDict with(const std::string& old_name, const std::string& name) {
  return rename(own(), [&](std::string_view key) -> std::optional<std::string> {
    return key == old_name ? name : std::string(key);
  });
}

/// The textbook recursion.
std::size_t slow_distance(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return (std::max)(a.size(), b.size());
  const auto rest_a = a.substr(1);
  const auto rest_b = b.substr(1);
  if (a[0] == b[0]) return slow_distance(rest_a, rest_b);
  return 1 + (std::min)({slow_distance(rest_a, b), slow_distance(a, rest_b), slow_distance(rest_a, rest_b)});
}

}  // namespace

TEST_CASE("edit distance is that of the textbook") {
  CHECK(detail::edit_distance("kitten", "sitting") == 3);
  CHECK(detail::edit_distance("", "abc") == 3);
  CHECK(detail::edit_distance("abc", "") == 3);
  std::mt19937 random(3);
  const auto word = [&] {
    std::string text(random() % 7, ' ');
    for (char& c : text) c = static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    const std::string a = word();
    const std::string b = word();
    CAPTURE(a);
    CAPTURE(b);
    CHECK(detail::edit_distance(a, b) == slow_distance(a, b));
  }
}

TEST_CASE("a prefix before all names is one hint, to strip or to add it") {
  CHECK(hints(add_prefix(own(), "module.")) ==
        "\n\tdid you mean to strip the prefix \"module.\"? With .strip_prefix = \"module.\" the state dict "
        "has 4 "
        "of the 4 missing keys");
  StateDict some = strip_prefix(add_prefix(own(), "model.net."), "model.net.output.");
  some.insert("steps", zeros({}));
  CHECK(hints(some) ==
        "\n\tdid you mean to strip the prefix \"model.net.\"? With .strip_prefix = \"model.net.\" the state "
        "dict "
        "has 2 of the 4 missing keys");
  StateDictSpec wrapped = lesson;
  for (auto& t : wrapped.tensors) t.name = "module." + t.name;
  wrapped.modules = {};
  CHECK(hints(own(), wrapped) ==
        "\n\tdid you mean to add the prefix \"module.\"? With .add_prefix = \"module.\" the state dict has 4 "
        "of "
        "the 4 missing keys");
}

TEST_CASE("the hint to strip a prefix works") {
  const StateDict sd = add_prefix(own(), "module.");
  REQUIRE(contains(hints(sd), ".strip_prefix = \"module.\""));
  CHECK(check_state_dict(lesson, sd, {.strip_prefix = "module."}).all_matched());
}

TEST_CASE("tensors that fit in order and shape are hinted at as a whole") {
  const StateDict sd{{"0.weight", zeros({512, 784})},
                     {"0.bias", zeros({512})},
                     {"3.weight", zeros({10, 512})},
                     {"3.bias", zeros({10})}};
  CHECK(hints(sd) ==
        "\n\tdid you mean the same tensors under other names? They fit in order and shape: match_by_shape() "
        "maps "
        "them");
  CHECK(check_state_dict(lesson, sd, {.rename = match_by_shape(sd, lesson)}).all_matched());
}

TEST_CASE("a name nearby is hinted at") {
  CHECK(hints(with("output.bias", "output.bios")) == "\n\tdid you mean \"output.bios\" for \"output.bias\"?");
  CHECK(hints(with("output.weight", "fc3.weight")) ==
        "\n\tdid you mean \"fc3.weight\" for \"output.weight\"?");
  StateDict two{{"hidden_layer.0.weight", zeros({512, 784})},
                {"hidden_layer.0.bias", zeros({512})},
                {"output.weight", zeros({10, 512})},
                {"output.bias", zeros({10})}};
  CHECK(hints(two) ==
        "\n\tdid you mean \"hidden_layer.0.weight\" for \"hidden_layers.0.weight\"?"
        "\n\tdid you mean \"hidden_layer.0.bias\" for \"hidden_layers.0.bias\"?");
  // The shape decides between names that are equally near, and none is given twice.
  StateDict swapped{{"hidden_layers.0.weight", zeros({512, 784})},
                    {"hidden_layers.0.bias", zeros({512})},
                    {"outputA.weight", zeros({11, 512})},
                    {"outputB.weight", zeros({10, 512})},
                    {"output.bias", zeros({10})}};
  CHECK(hints(swapped) == "\n\tdid you mean \"outputB.weight\" for \"output.weight\"?");
}

TEST_CASE("there is no hint where nothing is near") {
  CHECK(hints(with("output.bias", "mean")).empty());
  // Another layer, of another shape.
  StateDict sd = select(own(), [](std::string_view name) { return !name.starts_with("hidden"); });
  sd.insert("hidden_layers.1.weight", zeros({256, 512}));
  sd.insert("hidden_layers.1.bias", zeros({256}));
  CHECK(hints(sd).empty());
  // Nothing left over, or nothing missing.
  CHECK(hints(select(own(), [](std::string_view name) { return name != "output.bias"; })).empty());
  StateDict more = own();
  more.insert("output.bios", zeros({10}));
  CHECK(hints(more).empty());
}

TEST_CASE("what stays in the way behind a prefix is named too") {
  StateDict averaged = add_prefix(own(), "module.");  // torch.optim.swa_utils.AveragedModel
  averaged.insert("n_averaged", zeros({}));
  const std::string prefix =
      "\n\tdid you mean to strip the prefix \"module.\"? With .strip_prefix = \"module.\" the state dict "
      "has 4 of the 4 missing keys";
  CHECK(hints(averaged) == prefix + "; .strict = false passes over \"n_averaged\"");
  CHECK(
      check_state_dict(lesson, averaged, {.strict = false, .strip_prefix = "module."}).missing_keys.empty());
  averaged.insert("loss.weight", zeros({3}));
  CHECK(hints(averaged) == prefix + "; .strict = false passes over \"n_averaged\" and other keys");
}

TEST_CASE("hints come behind sizes that do not fit, and not without strictness") {
  StateDict sd = add_prefix(own(), "module.");
  sd.insert("output.bias", zeros({3}));
  CHECK(contains(hints(sd), "With .strip_prefix = \"module.\" the state dict has 3 of the 3 missing keys"));
  try {
    static_cast<void>(check_state_dict(lesson, sd, {.strict = false}));
    FAIL("expected an exception, none was thrown");
  } catch (const StateDictError& e) {
    CHECK(e.hints().empty());
    CHECK(
        std::string(e.what()) ==
        "Error(s) in loading state_dict for Network:\n\tsize mismatch for output.bias: copying a param with "
        "shape torch.Size([3]) from checkpoint, the shape in current model is torch.Size([10]).");
  }
}

TEST_CASE("a name with a zero byte does not upset the hints") {
  StateDict sd = add_prefix(own(), "module.");
  sd.insert(std::string("a\0b", 3), zeros({1}));
  try {
    static_cast<void>(check_state_dict(lesson, sd));
    FAIL("expected an exception, none was thrown");
  } catch (const StateDictError& e) {
    CHECK(contains(e.hints(), ".strip_prefix = \"module.\""));
    CHECK(contains(e.torch_text(), R"("module.output.bias", "a\x00b". )"));
  }
}

TEST_CASE("any number of names and any length of them are hinted at in bounded work") {
  StateDictSpec model{.class_name = "Net", .tensors = {}, .modules = {}};
  StateDict sd;
  for (int i = 0; i < 20000; ++i) {
    model.tensors.push_back({"wanted." + std::to_string(i), {2}});
    sd.insert("wunted." + std::to_string(i), zeros({2}));
  }
  const std::string long_name(100000, 'x');
  model.tensors.push_back({long_name + "y", {3}});
  sd.insert(long_name + "z", zeros({4}));
  const std::string text = hints(sd, model);
  CHECK(
      text.starts_with("\n\tdid you mean \"wunted.0\" for \"wanted.0\"?\n\tdid you mean \"wunted.1\" for "));
  CHECK(std::ranges::count(text, '\n') == 8);
}
