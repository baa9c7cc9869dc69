#include <wick/report/predictions.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::describe_classes;
using wick::describe_numbers;
using wick::Report;
using wick::report_histogram;
using wick::Tensor;
using wick::worst_rows;
using wick_tests::message_of;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("two classes have the curves of class 1") {
  const auto p = Tensor<float>::from({{0.75F, 0.25F}, {0.25F, 0.75F}, {0.5F, 0.5F}});
  const std::vector<std::string> names{"no", "yes"};
  Report report;
  describe_classes(report, p, Tensor<std::int64_t>::from({0, 1, 1}), names);
  REQUIRE(report.confusion);
  CHECK(report.confusion->classes == names);
  CHECK(report.confusion->counts == std::vector<double>{1, 0, 1, 1});
  REQUIRE(report.roc.size() == 1);
  CHECK(report.roc[0].name == "yes");
  CHECK(report.roc[0].area == 1);
  REQUIRE(report.precision_recall.size() == 1);
  CHECK(report.precision_recall[0].average_precision == 1);
  REQUIRE(report.calibration.size() == 1);
  CHECK(report.calibration[0].predicted == std::vector<double>{0.25, 0.5, 0.75});
  CHECK(report.calibration[0].observed == std::vector<double>{0, 1, 1});
  // Again: sections are replaced.
  describe_classes(report, p, Tensor<std::int64_t>::from({0, 1, 1}), names);
  CHECK(report.roc.size() == 1);
}

TEST_CASE("of more classes each has curves, unless it has no samples") {
  const auto p = Tensor<double>::from({{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}, {0.25, 0.5, 0.25}});
  Report report;
  describe_classes(report, p, Tensor<std::int64_t>::from({0, 1, 0}));
  CHECK(report.confusion->classes == std::vector<std::string>{"0", "1", "2"});
  REQUIRE(report.roc.size() == 2);
  CHECK(report.roc[1].name == "1");
  REQUIRE(report.calibration.size() == 1);
  CHECK(report.calibration[0].predicted == std::vector<double>{0.5, 0.75});
  CHECK(report.calibration[0].observed == std::vector<double>{0.5, 1});
}

TEST_CASE("a model that gives NaN still has a report") {
  Report report;
  describe_classes(report, Tensor<double>::from({{none, none}, {1, 0}}), Tensor<std::int64_t>::from({0, 1}));
  CHECK(report.confusion);
  CHECK(report.roc.empty());
  REQUIRE(report.notes.size() == 1);
  describe_classes(report, Tensor<double>(wick::Shape{0, 2}), Tensor<std::int64_t>());
  CHECK(report.roc.empty());
}

TEST_CASE("numbers and how far they are off") {
  Report report;
  describe_numbers(report, Tensor<float>::from({1, 2, 4}), Tensor<float>::from({1, 1, 1}), "m");
  REQUIRE(report.residuals);
  CHECK(report.residuals->predictions == std::vector<double>{1, 2, 4});
  CHECK(report.residuals->targets == std::vector<double>{1, 1, 1});
  REQUIRE(report.histograms.size() == 1);
  CHECK(report.histograms[0].edges.front() == 0);
  CHECK(report.histograms[0].edges.back() == 3);
  CHECK(report.histograms[0].counts.back() == 1);
}

TEST_CASE("histograms are those of NumPy") {
  const std::vector<double> values{0, 0.5, 1, 1, 2, 4, none, infinity};
  const wick::ReportHistogram histogram = report_histogram(values, 4);
  CHECK(histogram.edges == std::vector<double>{0, 1, 2, 3, 4});
  CHECK(histogram.counts == std::vector<double>{2, 2, 1, 1});
  CHECK(report_histogram(std::vector<double>{7, 7}, 2).edges == std::vector<double>{6.5, 7, 7.5});
  CHECK(report_histogram(std::vector<double>{none}).counts.empty());
  CHECK(report_histogram({}).counts.empty());
  constexpr double most = std::numeric_limits<double>::max();
  const wick::ReportHistogram widest = report_histogram(std::vector<double>{-most, 0, most}, 2);
  CHECK(widest.edges == std::vector<double>{-most, 0, most});
  CHECK(widest.counts == std::vector<double>{1, 2});
  CHECK(message_of<wick::OptionError>([] { static_cast<void>(report_histogram({}, 0)); }) ==
        "report_histogram: expected bins in [1, 10000], got 0");
}

TEST_CASE("the worst rows come first, and NaN before all") {
  const auto p =
      Tensor<double>::from({{0.5, 0.25, 0.25}, {0.125, 0.75, 0.125}, {0, 1, 0}, {0.5, 0.375, 0.125}});
  const auto classes = Tensor<std::int64_t>::from({0, 0, 2, 1});
  const std::vector<wick::WorstRow> worst = worst_rows(p, classes);
  REQUIRE(worst.size() == 3);  // row 0 is right
  CHECK(worst[0].row == 2);
  CHECK(worst[0].error == infinity);
  CHECK(worst[0].predicted == 1);
  CHECK(worst[1].row == 1);
  CHECK(worst[1].error == doctest::Approx(2.0794415));
  CHECK(worst[2].row == 3);
  CHECK(worst_rows(p, classes, 1).size() == 1);
  CHECK(worst_rows(p, classes, 0).empty());
  const auto numbers = worst_rows(Tensor<double>::from({1, none, 5}), Tensor<double>::from({2, 2, 2}), 2);
  REQUIRE(numbers.size() == 2);
  CHECK(numbers[0].row == 1);
  CHECK(numbers[1].row == 2);
  CHECK(numbers[1].error == 3);
}

TEST_CASE("what does not fit is refused") {
  Report report;
  CHECK(message_of<wick::ShapeError>([&] {
          describe_classes(report, Tensor<float>::zeros({2, 1}), Tensor<std::int64_t>::from({0, 0}));
        }) == "describe_classes: expected probabilities of at least two classes, got [2, 1]");
  CHECK(message_of<wick::IndexError>([&] {
          describe_classes(report, Tensor<float>::zeros({1, 2}), Tensor<std::int64_t>::from({2}));
        }) == "describe_classes: target 2 is out of range for 2 classes");
  CHECK(message_of<wick::ShapeError>([&] {
          describe_numbers(report, Tensor<float>::zeros({2}), Tensor<float>::zeros({3}));
        }) == "describe_numbers: expected predictions (B) and targets (B), got [2] and [3]");
}
