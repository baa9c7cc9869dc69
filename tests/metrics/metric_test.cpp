#include <wick/metrics/metric.hpp>

#include "support/allocations.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using wick::MetricValues;
using wick_tests::message_of;

namespace {

struct Count {
  [[nodiscard]] static const char* name() { return "Count"; }
  void accumulate(int predictions, int targets) { sum += predictions + targets; }
  [[nodiscard]] double result() const { return sum; }
  double sum = 0;
};
struct OfBatch {
  static constexpr bool larger_is_better = false;
  [[nodiscard]] static std::string name() { return "Of batch"; }
  void accumulate(const std::vector<int>& batch) { sum += static_cast<double>(batch.size()); }
  [[nodiscard]] double result() const { return sum; }
  double sum = 0;
};
struct Nameless {
  [[nodiscard]] static double result() { return 0; }
};

static_assert(wick::Metric<Count> && wick::Metric<OfBatch> && !wick::Metric<Nameless> && !wick::Metric<int>);
static_assert(wick::MetricOfPredictions<Count, int, int> && !wick::MetricOfPredictions<OfBatch, int, int>);
static_assert(wick::MetricOfBatch<OfBatch, std::vector<int>> &&
              !wick::MetricOfBatch<Count, std::vector<int>>);
static_assert(wick::detail::larger_is_better<Count>() && !wick::detail::larger_is_better<OfBatch>());

}  // namespace

TEST_CASE("results are found by name, in the order in which they were given") {
  MetricValues values({{"Accuracy"}, {"MAE", false}});
  CHECK(values.size() == 2);
  CHECK(values["Accuracy"] == 0);
  values.value(1) = 2.5;
  CHECK(values["MAE"] == 2.5);
  CHECK(values.name(1) == "MAE");
  CHECK_FALSE(values.description(1).larger_is_better);
  CHECK(values.find("MAE") == 1);
  CHECK(values.find("F1") == 2);
  CHECK(message_of<wick::IndexError>([&] { static_cast<void>(values["F1"]); }) ==
        "metrics: none is called \"F1\"; there is \"Accuracy\", \"MAE\"");
  CHECK(message_of<wick::IndexError>([&] {
          static_cast<void>(values.name(values.size()));
        }).starts_with("metrics: expected a number below "));
  CHECK_THROWS_AS(static_cast<void>(values.value(values.size())), wick::IndexError);
  CHECK(message_of<wick::IndexError>([] { static_cast<void>(MetricValues().description(0)); }) ==
        "metrics: expected a number below 0, got 0");
  CHECK(message_of<wick::IndexError>([] { static_cast<void>(MetricValues()["F1"]); }) ==
        "metrics: none is called \"F1\"; there are none");
  CHECK(MetricValues().empty());
  CHECK(MetricValues() == MetricValues(std::vector<MetricValues::Description>()));
  CHECK_FALSE(values == MetricValues());
  MetricValues other({{"Accuracy"}, {"MAE"}});
  CHECK_FALSE(values == other);
  other.value(1) = 2.5;
  CHECK(values == other);
}

TEST_CASE("results are copied without allocating") {
  const MetricValues values({{"a name that is too long for a short string"}, {"MAE"}});
  MetricValues copy;
  CHECK(wick_tests::allocations_in([&] { copy = values; }) == 0);
  CHECK(copy == values);
}

TEST_CASE("more metrics than a report has room for, and two of one name, are refused") {
  CHECK(message_of<wick::OptionError>([] {
          MetricValues({{"a"}, {"b"}, {"a"}});
        }) == "metrics: two are called \"a\"; give one another name");
  std::vector<MetricValues::Description> nine;
  for (int i = 0; i < 9; ++i) nine.push_back({std::to_string(i)});
  CHECK(message_of<wick::OptionError>([&] { const MetricValues all(nine); }) ==
        "metrics: expected at most 8, got 9");
  nine.pop_back();
  CHECK(MetricValues(nine).size() == 8);
}
