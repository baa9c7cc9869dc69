#include <wick/preprocess/preprocessing.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("both ends of a model are one text") {
  const wick::Table table(
      {wick::Column("x", wick::Reals{{1, 2, 4}}), wick::Column("y", wick::Booleans{{1, 0, 1}})});
  const wick::Preprocessing both{wick::Preprocessor::fit(table, {.leave_out = {"y"}}),
                                 wick::TargetEncoder::fit(table["y"])};
  const std::string text = both.json();
  const auto read = wick::Preprocessing::from_json(text);
  CHECK(read.json() == text);
  CHECK(read.inputs.transform(table) == both.inputs.transform(table));
  CHECK(read.target.task() == wick::Task::binary);
  const auto fault = [](const std::string& wrong) {
    return message_of<wick::FormatError>(
        [&] { static_cast<void>(wick::Preprocessing::from_json(wrong, "m.wick")); });
  };
  CHECK(contains(fault("{}"), "m.wick: at byte 0: expected the key \"format\" in a preprocessing"));
  CHECK(contains(fault(both.inputs.json()), "expected the format \"wick.preprocessing\""));
  CHECK(contains(fault(text + "}"), "expected the end"));
  CHECK(contains(
      fault(R"({"format": "wick.preprocessing", "version": 1, "inputs": )" + both.inputs.json() + "}"),
      "expected the key \"target\""));
  CHECK(contains(fault(R"({"format": "wick.preprocessing", "version": 1, "more": 1})"), "the key \"more\""));
}
