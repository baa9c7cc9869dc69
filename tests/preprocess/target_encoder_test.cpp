#include <wick/preprocess/target_encoder.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using wick::Column;
using wick::Index;
using wick::Scaling;
using wick::TargetEncoder;
using wick::TargetOptions;
using wick::Task;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

Column column(Column::Values values) { return {"y", std::move(values)}; }
Column texts(const std::vector<std::string>& all) {
  wick::Texts result;
  for (const std::string& text : all) text.empty() ? result.add_missing() : result.add(text);
  return column(std::move(result));
}
// `count` whole numbers, `different` of them.
Column whole(std::int64_t count, std::int64_t different) {
  wick::Integers result;
  for (std::int64_t i = 0; i < count; ++i) result.values.push_back(i % different - 1);
  return column(std::move(result));
}
std::vector<std::string> names(const TargetEncoder& target) {
  return {target.class_names().begin(), target.class_names().end()};
}
std::string refusal(const Column& y, const TargetOptions& options = {}) {
  return message_of<wick::OptionError>([&] { static_cast<void>(TargetEncoder::fit(y, options)); });
}

}  // namespace

TEST_CASE("the task follows from what the column holds") {
  CHECK(TargetEncoder::fit(column(wick::Categories{{0, 1, -1, 0}, {"no", "yes"}})).task() == Task::binary);
  CHECK(TargetEncoder::fit(column(wick::Categories{{0, 1, 2}, {"a", "b", "c"}})).task() == Task::classes);
  CHECK(TargetEncoder::fit(column(wick::Booleans{{1, 0}})).task() == Task::binary);
  CHECK(TargetEncoder::fit(texts({"a", "b", "a", "b"})).task() == Task::binary);
  CHECK(TargetEncoder::fit(whole(3, 2)).task() == Task::binary);
  CHECK(TargetEncoder::fit(whole(15, 3)).task() == Task::classes);
  CHECK(TargetEncoder::fit(whole(14, 3)).task() == Task::regression);
  CHECK(TargetEncoder::fit(whole(100, 20)).task() == Task::classes);
  CHECK(TargetEncoder::fit(whole(1000, 21)).task() == Task::regression);
  CHECK(TargetEncoder::fit(whole(1000, 21), {.most_classes = 21}).task() == Task::classes);
  CHECK(TargetEncoder::fit(column(wick::Reals{{0, 1, 1, missing}})).task() == Task::binary);
  CHECK(TargetEncoder::fit(column(wick::Reals{{0, 0.5}})).task() == Task::regression);
  CHECK(TargetEncoder::fit(whole(14, 3), {.task = Task::classes}).task() == Task::classes);
  CHECK(TargetEncoder::fit(whole(3, 2), {.task = Task::regression}).task() == Task::regression);
  CHECK(TargetEncoder::fit(whole(3, 2), {.task = Task::classes}).task() == Task::classes);
}

TEST_CASE("classes are numbers in the order of their names, and come back as what they were") {
  const auto towns = TargetEncoder::fit(column(wick::Categories{{2, 0, 1, -1}, {"b", "c", "a", "unused"}}));
  CHECK(names(towns) == std::vector<std::string>{"a", "b", "c"});
  CHECK(towns.class_count() == 3);
  CHECK(towns.classes(texts({"c", "a"})) == Tensor<std::int64_t>::from({2, 0}));
  const Column back = towns.class_column(std::vector<std::int64_t>{1, 1, 0});
  CHECK(back.kind() == wick::ColumnKind::categorical);
  CHECK(back.name() == "y");
  CHECK(back.text(2) == "a");

  const auto sizes = TargetEncoder::fit(column(wick::Integers{{10, -2, 9, 10}}), {.task = Task::classes});
  CHECK(names(sizes) == std::vector<std::string>{"-2", "9", "10"});
  CHECK(sizes.classes(column(wick::Reals{{9, -2}})) == Tensor<std::int64_t>::from({1, 0}));
  const Column tens = sizes.class_column(std::vector<std::int64_t>{2});
  CHECK(tens.integers()[0] == 10);
  const auto halves = TargetEncoder::fit(column(wick::Reals{{0.5, -1, missing}}), {.task = Task::binary});
  CHECK(names(halves) == std::vector<std::string>{"-1", "0.5"});
  CHECK(halves.class_column(std::vector<std::int64_t>{1}).number(0) == 0.5);
  const auto truths = TargetEncoder::fit(column(wick::Booleans{{1, 0, 1}}));
  CHECK(truths.classes(texts({"False", "True"})) == Tensor<std::int64_t>::from({0, 1}));
  CHECK(truths.class_column(std::vector<std::int64_t>{1}).text(0) == "True");
}

TEST_CASE("numbers are scaled by the training rows and back") {
  const Column y = column(wick::Reals{{1, 2, missing, 4, 1000}});
  const std::vector<Index> rows{0, 1, 2, 3};
  for (const Scaling scaling :
       {Scaling::none, Scaling::standard, Scaling::min_max, Scaling::robust, Scaling::log}) {
    CAPTURE(name_of(scaling));
    const auto target = TargetEncoder::fit(y, rows, {.scaling = scaling});
    CHECK(target.task() == Task::regression);
    CHECK(target.least() == 1);
    CHECK(target.greatest() == 4);
    for (const double x : {-1e6, -3.0, 0.0, 0.1, 2.0, 1e9}) {
      const auto scaled = target.scaled<double>(column(wick::Reals{{x}}));
      CHECK(std::abs(target.unscaled(scaled.item()) - x) <= 1e-12 * std::abs(x) + 1e-15);
      CHECK(target.unscaled(scaled) == Tensor<double>::from({target.unscaled(scaled.item())}));
    }
  }
  const auto standard = TargetEncoder::fit(y, rows);
  // Of 1, 2 and 4: the mean is 7 / 3, the deviation the root of 14 / 9.
  CHECK(std::abs(standard.scaled<double>(column(wick::Integers{{3}})).item() - 2.0 / std::sqrt(14.0)) <
        1e-15);
  CHECK(standard.scaled(texts({"3"})).item() == standard.scaled(column(wick::Integers{{3}})).item());
}

TEST_CASE("targets that cannot be learned or are not known are refused") {
  const auto towns = TargetEncoder::fit(texts({"a", "b", "a", "b"}));
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(towns.classes(texts({"a", "c"})));
        }) == "TargetEncoder: column \"y\", row 1: expected one of the classes \"a\", \"b\", got \"c\"");
  CHECK(contains(message_of<wick::OptionError>([&] { static_cast<void>(towns.classes(texts({""}))); }),
                 "got a missing value"));
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(towns.unscaled(1)); }) ==
        "TargetEncoder::unscaled: the target \"y\" is one of 2 classes, not a number");
  CHECK_THROWS_AS(static_cast<void>(towns.scaled(texts({"a"}))), wick::OptionError);
  CHECK_THROWS_AS(static_cast<void>(towns.class_column(std::vector<std::int64_t>{2})), wick::IndexError);
  CHECK_THROWS_AS(static_cast<void>(towns.class_column(std::vector<std::int64_t>{-1})), wick::IndexError);
  const auto number = TargetEncoder::fit(column(wick::Reals{{0, 0.5}}));
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(number.classes(texts({"a"}))); }) ==
        "TargetEncoder::classes: the target \"y\" is a number, it has no classes");
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(number.scaled(texts({"1", "cheap"})));
        }) == "TargetEncoder: column \"y\", row 1: expected a finite number, got \"cheap\"");

  CHECK(contains(refusal(column(wick::Reals{})), "a training row or more with a target, got none"));
  CHECK(contains(refusal(column(wick::Reals{{missing}})), "a training row or more with a target, got none"));
  CHECK(contains(refusal(column(wick::Dates{{0}})), "its kind is date"));
  CHECK(contains(refusal(texts({"a", "a", ""})), "two classes or more, got one: \"a\""));
  CHECK(contains(refusal(texts({"a", "b", "c"})), "texts of which most are different"));
  CHECK(contains(refusal(texts({"a", "b", "c"}), {.task = Task::binary}),
                 "two classes for Task::binary, got 3"));
  CHECK(contains(refusal(texts({"a", "b"}), {.task = Task::regression}),
                 "row 0: expected a finite number, got \"a\""));
  CHECK(contains(refusal(column(wick::Reals{{2, 2}})), "expected different numbers, all are 2.0"));
  CHECK(contains(refusal(column(wick::Reals{{1, std::numeric_limits<double>::infinity()}})),
                 "row 1: expected a finite number, got inf"));
  CHECK(
      contains(refusal(whole(3, 3), {.scaling = Scaling::robust_clipped}), "scaling must be none, standard"));
  CHECK_THROWS_AS(static_cast<void>(TargetEncoder::fit(whole(3, 3), std::vector<Index>{3})),
                  wick::IndexError);
}

TEST_CASE("JSON brings a target back, and is checked") {
  const auto towns = TargetEncoder::fit(texts({"a", "b\n", "c", "a", "c", "b\n"}));
  const auto number = TargetEncoder::fit(column(wick::Reals{{0.1, 0.7, 1e-300}}), {.scaling = Scaling::log});
  for (const auto* target : {&towns, &number}) {
    const auto read = TargetEncoder::from_json(target->json());
    CHECK(read.json() == target->json());
    CHECK(read.task() == target->task());
    CHECK(read.name() == "y");
    CHECK(read.kind() == target->kind());
  }
  CHECK(TargetEncoder::from_json(number.json()).unscaled(0.3) == number.unscaled(0.3));
  const auto fault = [](std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != text.npos);
    text.replace(at, from.size(), to);
    return message_of<wick::FormatError>([&] { static_cast<void>(TargetEncoder::from_json(text)); });
  };
  CHECK(contains(fault(towns.json(), "\"classes\",", "\"binary\","), "expected two classes, got 3"));
  CHECK(contains(fault(towns.json(), "\"classes\",", "\"regression\","), "expected the key \"number\""));
  CHECK(contains(fault(towns.json(), "\"a\", \"b\\n\", \"c\"", "\"a\""),
                 "expected two classes or more, got 1"));
  CHECK(contains(fault(towns.json(), "wick.target", "wick.preprocessor"), "expected the format"));
  CHECK(contains(fault(number.json(), "\"log\"", "\"robust_clipped\""), "a scaling that targets can have"));
  CHECK(contains(fault(number.json(), "\"regression\"", "\"classes\""),
                 "the key \"number\" in a target of classes"));
  for (std::size_t i = 0; i < number.json().size(); ++i) {
    CHECK_THROWS_AS(static_cast<void>(TargetEncoder::from_json(number.json().substr(0, i))),
                    wick::FormatError);
  }
}

TEST_CASE("numbers are those of the column to the last bit, however they are scaled") {
  const Column train = column(wick::Reals{{0.1, 0.2, 0.7, 1.3}});
  for (const Scaling scaling : {Scaling::none, Scaling::standard, Scaling::log, Scaling::robust}) {
    CAPTURE(name_of(scaling));
    const auto target = TargetEncoder::fit(train, {.task = Task::regression, .scaling = scaling});
    CHECK(target.numbers(column(wick::Reals{{0.3, -5, 70}})) == Tensor<double>::from({0.3, -5, 70}));
  }
  const auto classes = TargetEncoder::fit(texts({"a", "b", "a", "b"}));
  CHECK(contains(message_of<wick::OptionError>([&] { static_cast<void>(classes.numbers(texts({"a"}))); }),
                 "TargetEncoder::numbers: the target \"y\" is one of 2 classes, not a number"));
}
