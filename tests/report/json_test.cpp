#include <wick/report/json.hpp>

#include "report/text_of.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using wick::Report;
using wick::report_json;
using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("what has no data is not there") {
  CHECK(report_json(Report()) == "{\n  \"title\": \"Training report\"\n}\n");
}

TEST_CASE("numbers read back as they are, and those that JSON has not are null") {
  Report report;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  report.residuals = {
      {0.1, 1e300, -5e-324, 3}, {-infinity, std::numeric_limits<double>::quiet_NaN(), -0.0, 2}, "m"};
  CHECK(contains(report_json(report), "\"targets\": [0.1, 1e+300, -5e-324, 3]"));
  CHECK(contains(report_json(report), "\"predictions\": [null, null, -0, 2]"));
}

TEST_CASE("texts are escaped, whoever wrote them") {
  Report report;
  report.title = "a\"b\\c\n\x01\x7F\xC3\xBC\xFF\xE2\x80\xA8";
  CHECK(contains(report_json(report),
                 "\"title\": \"a\\\"b\\\\c\\u000a\\u0001\\u007f\xC3\xBC\xEF\xBF\xBD\xE2\x80\xA8\""));
}

TEST_CASE("every part has the name of its member") {
  Report report;
  report.task = "task";
  report.notes = {"one", "two"};
  report.metrics = {{"Test", {{"Accuracy", 0.5, true}}}};
  report.curves = {{"Loss", "Epoch", "", {{"Training", {1, 0.5}, {}}}, false, 2.0, "best"}};
  report.confusion = {{"a", "b"}, {1, 2, 3, 4}};
  report.roc = {{"a", {0, 1}, {0, 1}, {2, 1}, 0.5}};
  report.precision_recall = {{"a", {0.5, 1}, {1, 0}, {1}, 0.5}};
  report.calibration = {{"a", {0.5}, {0.25}, {4}}};
  report.histograms = {{"h", "", {0, 1}, {3}}};
  report.mistakes = {"Loss", {{7, "a", "b", 2.5, {{"x", "1"}}, {}}}};
  report.importances = {"Accuracy", {{"x", 0.5, 0.1}}};
  report.data = {"a.csv", 4, "y", "crc", {{"Training", 3}}, {{"x", "real", 1, ""}}};
  report.settings = {{"seed", "0"}};
  report.timing = {{"Training", 1.5}};
  report.versions = {{"wick", "1"}};
  const std::string text = report_json(report);
  for (const char* const name :
       {"task", "notes", "metrics", "curves", "confusion", "roc", "precision_recall", "calibration",
        "histograms", "mistakes", "importances", "data", "settings", "timing", "versions"}) {
    CAPTURE(name);
    CHECK(contains(text, "\n  \"" + std::string(name) + "\": "));
  }
  CHECK(contains(text, "\"counts\": [\n      [1, 2],\n      [3, 4]\n    ]"));
  CHECK(contains(text, "\"row\": 7"));

  const wick_tests::TempDir folder;
  wick::write_json(report, folder / "report.json");
  CHECK(wick_tests::text_of(folder / "report.json") == text);
  CHECK_THROWS_AS(wick::write_json(report, folder / "none" / "report.json"), wick::FileError);
}

TEST_CASE("parts that do not fit together are refused") {
  Report report;
  report.confusion = {{"a", "b"}, {1, 2, 3}};
  CHECK(message_of<wick::ShapeError>([&] { static_cast<void>(report_json(report)); }) ==
        "report: expected 4 counts of a confusion matrix, got 3");
}
