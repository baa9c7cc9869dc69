#include "support/throws.hpp"

#include <wick/io/archive/groups.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using wick_tests::message_of;

namespace {

wick::OptimizerState state() {
  const auto tensor = wick::AnyTensor::copy_of(wick::Tensor<float>::from({1, 2}));
  return {.type = "Adam",
          .step = 3,
          .options = {{"lr", 0.5}, {"betas", std::vector<double>{0.9, 0.99}}},
          .tensors = {{"w.exp_avg", tensor}, {"w.exp_avg_sq", tensor}}};
}

}  // namespace

TEST_CASE("the state of an optimizer is stored under the names of the document and comes back") {
  wick::Archive archive;
  CHECK_FALSE(wick::get_optimizer(archive).has_value());
  wick::put_optimizer(archive, state());
  REQUIRE(archive.find_attributes("optimizer") != nullptr);
  CHECK(archive.find_attributes("optimizer")->get<std::string>("type") == "Adam");
  CHECK(archive.find_attributes("optimizer")->get<std::int64_t>("step") == 3);
  CHECK(archive.find_attributes("optimizer")->get<double>("options.lr") == 0.5);
  CHECK(archive.find_tensors("optimizer")->size() == 2);
  CHECK(wick::get_optimizer(archive) == state());
}

TEST_CASE("what is missing is named") {
  wick::Archive archive;
  archive.attributes.emplace_back("optimizer", wick::Attributes{{"type", "Adam"}});
  CHECK(message_of<wick::IndexError>([&] { static_cast<void>(wick::get_optimizer(archive)); }) ==
        "Attributes: no value \"step\"");
}

TEST_CASE("parameter groups, values and None are stored and come back, and go by new names") {
  const auto tensor = wick::AnyTensor::copy_of(wick::Tensor<float>::from({1, 2}));
  wick::OptimizerState s = state();
  s.groups = {{.parameters = {"w"}, .options = {{"weight_decay", 0.5}}},
              {.parameters = {"b", "c"}, .options = {}}};
  s.values = {{"b.t", 1.5}};
  s.none = {"options.foreach", "values.b.buffer", "groups.1.options.x"};
  wick::Archive archive;
  wick::put_optimizer(archive, s);
  wick::put_optimizer(archive, state(), "second");
  CHECK(wick::get_optimizer(archive) == s);
  CHECK(wick::get_optimizer(archive, "second") == state());
  const auto renamed = wick::get_optimizer(wick::rename_parameters(archive, [](std::string_view name) {
    return name == "c" ? std::nullopt : std::optional("new." + std::string(name));
  }));
  REQUIRE(renamed.has_value());
  CHECK(renamed->tensors.contains("new.w.exp_avg"));
  CHECK(renamed->groups[0].parameters == std::vector<std::string>{"new.w"});
  CHECK(renamed->groups[1].parameters == std::vector<std::string>{"new.b"});
  CHECK(renamed->values == wick::Attributes{{"new.b.t", 1.5}});
  CHECK(renamed->none ==
        std::vector<std::string>{"options.foreach", "values.new.b.buffer", "groups.1.options.x"});
  // Groups that a file claims and does not have.
  archive.attributes[0].second.set("groups", std::int64_t{1} << 60);
  CHECK(message_of<wick::IndexError>([&] { static_cast<void>(wick::get_optimizer(archive)); }) ==
        "Attributes: no value \"groups.2.parameters\"");
}
