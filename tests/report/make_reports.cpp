// Writes reports of every kind into a folder, for browser_check.py, and events for tensorboard_check.py.

#include "tabular/tables.hpp"

#include <wick/random/distributions.hpp>
#include <wick/report/html.hpp>
#include <wick/report/json.hpp>
#include <wick/report/predictions.hpp>
#include <wick/report/tensorboard.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/table_report.hpp>

#include <cmath>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace {

using wick::Index;
using wick::Report;
using wick::Shape;
using wick::Tensor;

double uniform() { return wick::rand<double>({1}).item(); }
double normal() { return wick::randn<double>({1}).item(); }

wick::ReportPicture picture(Index channels) {
  constexpr Index side = 28;
  wick::ReportPicture result{"unit", Tensor<std::uint8_t>(Shape{side, side, channels})};
  const double wave = 0.2 + 0.5 * uniform();
  for (Index i = 0; i < result.pixels.numel(); ++i) {
    const auto x = static_cast<double>(i / channels % side);
    const auto y = static_cast<double>(i / channels / side);
    const double shade = std::sin(wave * x + static_cast<double>(i % channels)) * std::cos(wave * y);
    result.pixels.data()[i] = static_cast<std::uint8_t>(127 + 120 * shade);
  }
  return result;
}

Report trained(const std::string& title, const std::string& task) {
  Report report;
  report.title = title;
  report.task = task;
  wick::ReportChart loss{
      .title = "Loss", .y_label = "Log loss", .series = {{"Training", {}, {}}, {"Validation", {}, {}}}};
  wick::ReportChart rate{
      .title = "Learning rate", .series = {{"Learning rate", {}, {}}}, .logarithmic = true};
  for (int epoch = 0; epoch < 42; ++epoch) {
    loss.series[0].y.push_back(0.15 + 0.8 * std::exp(-epoch / 9.0) + 0.01 * normal());
    loss.series[1].y.push_back(0.27 + 0.7 * std::exp(-epoch / 7.0) + 0.002 * epoch + 0.012 * normal());
    rate.series[0].y.push_back(0.01 * std::pow(0.9, epoch));
  }
  loss.marked = 27;
  loss.mark = "best, epoch 27";
  report.curves = {loss, rate};
  report.settings = {{"Model", "residual, 3 blocks of 256"}, {"Optimizer", "AdamW, lr 0.04"}, {"Seed", "0"}};
  report.versions = {{"wick", "0.1.0"}, {"Compiler", "GCC 12.2"}};
  report.timing = {{"Reading", 0.0123}, {"Training", 153.27}, {"Evaluating", 1.2}};
  report.data = {"data.csv",
                 12345,
                 "species",
                 "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                 {{"Training", 8000}, {"Validation", 2000}, {"Test", 2345}},
                 {}};
  for (int i = 0; i < 12; ++i) {
    report.data.columns.push_back(
        {"column " + std::to_string(i), "categorical, 12 categories", i * 7, "one-hot, 12 features"});
  }
  return report;
}

Report of_classes(Index classes, Index rows, const std::vector<std::string>& names) {
  Report report =
      trained(std::to_string(classes) + " classes", "Predicts the species from 13 columns of data.csv");
  Tensor<float> probabilities(Shape{rows, classes});
  Tensor<std::int64_t> targets(Shape{rows});
  const auto noise = wick::randn<double>(probabilities.shape());
  for (Index row = 0; row < rows; ++row) {
    const auto target = static_cast<Index>(uniform() * static_cast<double>(classes));
    targets.data()[row] = target;
    double sum = 0;
    for (Index c = 0; c < classes; ++c) {
      const double neighbour = std::abs(c - target) == 1 ? 1.2 : 0;
      const double p = std::exp((c == target ? 3.4 : neighbour) + 1.2 * noise.data()[row * classes + c]);
      probabilities.data()[row * classes + c] = static_cast<float>(p);
      sum += p;
    }
    for (Index c = 0; c < classes; ++c) probabilities.data()[row * classes + c] /= static_cast<float>(sum);
  }
  wick::describe_classes(report, probabilities, targets, names);
  for (const char* const split : {"Training", "Validation", "Test"}) {
    report.metrics.push_back({split,
                              {{"Accuracy", 0.93, true},
                               {"Balanced accuracy", 0.91, true},
                               {"Log loss", 0.2123, false},
                               {"ROC-AUC", 0.98123, true},
                               {"MCC", std::numeric_limits<double>::quiet_NaN(), true}}});
  }
  report.mistakes.error = "Loss";
  for (const wick::WorstRow& worst : wick::worst_rows(probabilities, targets, 6)) {
    const auto& labels = report.confusion->classes;
    wick::ReportMistake mistake{.row = worst.row,
                                .expected = labels[static_cast<std::size_t>(targets.data()[worst.row])],
                                .predicted = labels[static_cast<std::size_t>(worst.predicted)],
                                .error = worst.error};
    for (int i = 0; i < 20; ++i)
      mistake.values.push_back({"column " + std::to_string(i), wick::fixed(20 * uniform(), 3)});
    report.mistakes.rows.push_back(mistake);
  }
  report.importances.metric = "accuracy";
  for (int i = 0; i < 30; ++i) {
    report.importances.columns.push_back(
        {"column " + std::to_string(i), 0.2 * uniform() * uniform() - 0.005, 0.01 * uniform()});
  }
  return report;
}

Report of_numbers(Index rows) {
  Report report = trained("Prices", "Predicts the price from 79 columns of houses.csv");
  Tensor<double> targets(Shape{rows});
  Tensor<double> predictions(Shape{rows});
  for (Index i = 0; i < rows; ++i) {
    targets.data()[i] = std::exp(12 + 0.4 * normal());
    predictions.data()[i] = targets.data()[i] * (1 + 0.1 * normal());
  }
  wick::describe_numbers(report, predictions, targets, "EUR");
  report.metrics = {{"Training", {{"RMSE", 23412.1, false}, {"R2", 0.93, true}}},
                    {"Test", {{"RMSE", 27123.4, false}, {"R2", 0.912, true}}}};
  report.mistakes.error = "Absolute error";
  for (const wick::WorstRow& worst : wick::worst_rows(predictions, targets, 5)) {
    report.mistakes.rows.push_back({.row = worst.row,
                                    .expected = wick::fixed(targets.data()[worst.row], 0),
                                    .predicted = wick::fixed(predictions.data()[worst.row], 0),
                                    .error = worst.error});
  }
  report.importances = {"R2",
                        {{"TheOverallQualityOfTheMaterialAndOfItsFinish", 0.4, 0.05}, {"area", 0.2, 0.01}}};
  return report;
}

std::vector<std::string> names(Index count, const std::string& before, const std::string& after) {
  std::vector<std::string> result;
  for (Index i = 0; i < count; ++i) result.push_back(before + std::to_string(i) + after);
  return result;
}

// All texts of one word that has no place to break, and of what HTML would read.
Report hostile() {
  const std::string word =
      "<script>alert(1)</script>" + std::string(300, 'W') + "\x01\xFF\xE2\x80\xAE\xD7\xA9\xD7\x9C";
  Report report = of_classes(3, 200, {word + "1", word + "2", word + "3"});
  report.title = report.task = word;
  report.notes = {word};
  for (wick::ReportMetrics& metrics : report.metrics) metrics.values[0].name = word;
  for (wick::ReportColumn& column : report.data.columns) column.name = column.kind = column.note = word;
  for (wick::ReportImportance& column : report.importances.columns) column.name = word;
  for (wick::ReportMistake& mistake : report.mistakes.rows) mistake.values = {{word, word}};
  for (wick::ReportChart& chart : report.curves)
    chart.title = chart.x_label = chart.y_label = chart.mark = word;
  for (wick::ReportChart& chart : report.curves) chart.series[0].name = word;
  report.settings = report.versions = {{word, word}};
  report.timing[0].name = report.data.source = report.data.target = report.data.splits[0].name = word;
  return report;
}

Report odd_numbers() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double most = std::numeric_limits<double>::max();
  Report report;
  const std::vector<std::vector<double>> all{
      {-most, 0, most}, {nan, nan},       {infinity, 1, 2}, {7},
      {1e-300, 1e300},  {1e15, 1e15 + 1}, {-3e-9, 2e-9},    {-123456, -123400}};
  for (const bool logarithmic : {false, true}) {
    for (const std::vector<double>& y : all) {
      report.curves.push_back(
          {.title = "Curve", .y_label = "y", .series = {{"a", y, {}}}, .logarithmic = logarithmic});
    }
  }
  for (const std::vector<double>& values : all) {
    report.histograms.push_back(wick::report_histogram(values, 5, "Histogram", "x"));
  }
  report.residuals = {{-most, 1, most, nan}, {1, 2, 3, 4}, ""};
  report.importances = {"", {{"a", 1e-12, 1e-13}, {"b", -5e-13, 0}, {"c", nan, infinity}}};
  report.metrics = {
      {"Test", {{"a", 1e-300, true}, {"b", most, true}, {"c", -infinity, true}, {"d", 123456789.5, true}}}};
  return report;
}

/// What wick fit writes for a table.
Report of_table(const wick::Table& table, const char* target) {
  return wick::table_report(fit_table(table, target, wick_tests::small_options()), table,
                            {.name = "rows.csv", .hash = "SHA-256 " + std::string(64, '8')});
}

void write(const std::filesystem::path& folder) {
  wick::manual_seed(18);
  const auto put = [&](const char* name, const Report& report) { wick::write_html(report, folder / name); };
  put("table-of-numbers.html", of_table(wick_tests::houses(300), "price"));
  put("table-of-classes.html", of_table(wick_tests::sectors(300), "sector"));
  put("empty.html", Report());
  put("two-classes.html", of_classes(2, 900, {"no", "yes"}));
  Report pictures = of_classes(10, 1500, names(10, "A name that is rather long, of the class ", " of all"));
  for (wick::ReportMistake& mistake : pictures.mistakes.rows) mistake.picture = picture(3);
  for (int i = 0; i < 20; ++i) pictures.weights.push_back(picture(1));
  pictures.curves.pop_back();
  pictures.notes = {"3 columns were left out since they are text: notes, comments and history."};
  put("pictures.html", pictures);
  put("fifty-classes.html", of_classes(50, 3000, names(50, "Kategorie mit langem Namen ", "")));
  put("many-classes.html", of_classes(200, 4000, {}));
  put("few-numbers.html", of_numbers(120));
  put("many-numbers.html", of_numbers(5000));
  put("hostile.html", hostile());
  put("odd-numbers.html", odd_numbers());

  wick::TensorBoardWriter board(folder / "events");
  for (int step = 0; step < 5; ++step) board.scalar("Loss/train", 1.0 / (step + 1), step);
  board.text("Notes", "# Title\nof *Größe*", 0);
  board.histogram("Weights", Tensor<float>::from({-1, 0, 0.5F, 0.5F, 2}), 3);
  board.image("Picture", Tensor<std::uint8_t>::full({2, 3, 3}, 200), 4);
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 2) {
    std::cerr << "usage: wick_reports FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::remove_all(folder / "events");
  std::filesystem::create_directories(folder);
  write(folder);
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
