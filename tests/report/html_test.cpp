#include <wick/report/html.hpp>

#include "report/text_of.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::Report;
using wick::report_html;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// Whether every element is closed, in order: browsers are lenient, readers of XML in SVG are not.
bool is_nested(const std::string& html) {
  std::vector<std::string> open;
  std::size_t at = html.find("<html");
  while ((at = html.find('<', at)) != std::string::npos) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = html.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    at = end;
    if (tag.starts_with("/")) {
      if (open.empty() || "/" + open.back() != name) return false;
      open.pop_back();
    } else if (!tag.ends_with("/") && name != "meta" && name != "link" && name != "img" && name != "br") {
      open.push_back(name);
    }
  }
  return open.empty();
}

Report everything() {
  Report report;
  report.task = "task";
  report.notes = {"one"};
  report.metrics = {{"Training", {{"Accuracy", 0.75, true}}},
                    {"Test", {{"Accuracy", 0.5, true}, {"Loss", none, false}}}};
  report.curves = {{"Loss", "Epoch", "", {{"Training", {1, 0.5, none, 0.25}, {}}}, true, 2.0, "best"},
                   {"Two", "Step", "", {{"a", {1, 2}, {10, 20}}, {"b", {3}, {15}}}, false, {}, ""}};
  report.confusion = {{"left", "right"}, {10, 2, 3, 4}};
  report.roc = {{"left", {0, 0, 1}, {0, 1, 1}, {infinity, 1, 0}, 1}};
  report.precision_recall = {{"left", {0.5, 1}, {1, 0}, {1}, 0.5}};
  report.calibration = {{"left", {0.5}, {0.25}, {4}}};
  report.residuals = {{1, 2, none}, {1.5, 2.5, 1}, "EUR"};
  report.histograms = {{"Errors", "off by", {0, 1, 2}, {3, 0}}};
  const wick::ReportPicture picture{"seven", wick::Tensor<std::uint8_t>::full({2, 2, 3}, 7)};
  report.mistakes = {"Loss",
                     {{1234, "a", "b", 2.5, {{"width", "1.25"}}, {}}, {{}, "c", "d", {}, {}, picture}}};
  report.importances = {"Accuracy", {{"small", 0.1, 0.05}, {"large", 0.5, 0.1}, {"unknown", none, none}}};
  report.weights = {picture};
  report.data = {
      "houses.csv", 12345, "price", "crc32c 0", {{"Training", 3}}, {{"width", "real", 1, "left out"}}};
  report.settings = {{"Seed", "42"}};
  report.timing = {{"Training", 61}, {"Test", 0.0015}};
  report.versions = {{"wick", "0.1"}};
  return report;
}

}  // namespace

TEST_CASE("an empty report is a document") {
  const std::string html = report_html(Report());
  CHECK(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(contains(html, "<title>Training report</title>"));
  CHECK(!contains(html, "<h2"));
  CHECK(is_nested(html));
}

TEST_CASE("every part is there, and links lead to it") {
  const std::string html = report_html(everything());
  CHECK(is_nested(html));
  for (const char* const id : {"results", "training", "classes", "probabilities", "numbers", "mistakes",
                               "importance", "weights", "data", "how"}) {
    CAPTURE(id);
    CHECK(contains(html, std::string("<a href=\"#") + id + "\">"));
    CHECK(contains(html, std::string("<h2 id=\"") + id + "\">"));
  }
  for (const char* const text : {"houses.csv", "12,345", "price", ">42<", "1 min 1 s", "1.5 ms", "best",
                                 "EUR", "width", "1.25", "1234", "data:image/png;base64,"}) {
    CAPTURE(text);
    CHECK(contains(html, text));
  }
  // By falling importance.
  CHECK(html.find("<bdi>large</bdi>") < html.find("<bdi>small</bdi>"));
  CHECK(report_html(everything()) == html);
}

TEST_CASE("nothing runs, and nothing is fetched") {
  const std::string html = report_html(everything());
  CHECK(!contains(html, "<script"));
  CHECK(!contains(html, "http:"));
  CHECK(!contains(html, "https:"));
  CHECK(!contains(html, "@import"));
  CHECK(!contains(html, "url("));
}

TEST_CASE("texts are escaped wherever they come") {
  const std::string bad = "<script>alert(\"1\")</script>&'\x01\x1B[0m\xFF\xE2\x80\xAE";
  Report report = everything();
  report.title = report.task = report.notes[0] = bad;
  report.metrics = {{bad, {{bad, 1, true}}}};
  report.curves[0] = {bad, bad, bad, {{bad, {1, 2}, {}}, {bad, {1, 2}, {}}}, false, 1.0, bad};
  report.confusion->classes = {bad, bad};
  report.roc[0].name = report.precision_recall[0].name = report.calibration[0].name = bad;
  report.residuals->unit = bad;
  report.histograms[0].title = report.histograms[0].x_label = bad;
  report.mistakes.error = bad;
  for (wick::ReportMistake& mistake : report.mistakes.rows) {
    mistake.expected = mistake.predicted = bad;
    mistake.values = {{bad, bad}};
  }
  report.importances = {bad, {{bad, 1, 1}}};
  report.weights[0].title = bad;
  report.data = {bad, 1, bad, bad, {{bad, 1}}, {{bad, bad, 1, bad}}};
  report.settings = report.versions = {{bad, bad}};
  report.timing = {{bad, 1}};
  const std::string html = report_html(report);
  CHECK(is_nested(html));
  CHECK(!contains(html, "<script"));
  CHECK(!contains(html, "alert(\"1\")"));
  CHECK(
      contains(html, "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\\x01\\x1b[0m\\xff\\u202e"));
  for (const char c : html) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte != '\n' && byte < 0x20) FAIL("a control character");
  }
}

TEST_CASE("numbers of any size are drawn inside") {
  constexpr double most = std::numeric_limits<double>::max();
  const std::vector<std::vector<double>> all{
      {-most, 0, most}, {5e-324, 1e-310}, {none, none},  {infinity, 1, -infinity}, {}, {7},
      {1e15, 1e15 + 1}, {0, 0, 0},        {-1e-9, 1e-9}, {1e300, 1e-300}};
  for (const std::vector<double>& values : all) {
    for (const bool logarithmic : {false, true}) {
      Report report;
      report.curves = {{"c", "x", "y", {{"a", values, {}}, {"b", values, values}}, logarithmic, {}, ""}};
      report.residuals = {values, values, ""};
      report.importances = {"", {}};
      for (const double x : values) report.importances.columns.push_back({"c", x, x});
      const std::string html = report_html(report);
      CHECK(is_nested(html));
      CHECK(!contains(html, "\"nan\""));
      CHECK(!contains(html, "nan,"));
      CHECK(!contains(html, "inf,"));
      CHECK(!contains(html, "\"inf\""));
      CHECK(html.size() < 200'000);
    }
  }
}

TEST_CASE("many classes and points do not make a large file") {
  Report report;
  constexpr std::size_t classes = 300;
  report.confusion = {std::vector<std::string>(classes, "a name"), std::vector<double>(classes * classes, 1)};
  wick::RocCurve roc;
  for (int i = 0; i <= 100'000; ++i) {
    roc.false_positive_rate.push_back(i / 100'000.0);
    roc.true_positive_rate.push_back(i / 100'000.0);
    roc.thresholds.push_back(-i);
  }
  report.roc.assign(40, roc);
  report.residuals = {roc.false_positive_rate, roc.true_positive_rate, ""};
  const std::string html = report_html(report);
  CHECK(html.size() < 2'000'000);
  CHECK(contains(html, "40 of 300 classes with most mistakes"));
  CHECK(contains(html, "34 others"));
}

TEST_CASE("parts that do not fit together are refused, and an old file stays") {
  const wick_tests::TempDir folder;
  Report report;
  wick::write_html(report, folder / "report.html");
  CHECK(wick_tests::text_of(folder / "report.html") == report_html(report));
  report.weights = {{"w", wick::Tensor<std::uint8_t>(wick::Shape{3})}};
  CHECK(message_of<wick::ShapeError>([&] { wick::write_html(report, folder / "report.html"); }) ==
        "report: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got [3]");
  report.weights.clear();
  report.curves = {{"c", "x", "y", {{"a", {1, 2}, {1}}}, false, {}, ""}};
  CHECK(message_of<wick::ShapeError>([&] { wick::write_html(report, folder / "report.html"); }) ==
        "report: expected 2 places of a curve, got 1");
  CHECK(wick_tests::text_of(folder / "report.html") == report_html(Report()));
}
