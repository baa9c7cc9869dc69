#include "support/throws.hpp"

#include <wick/io/groups.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
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
