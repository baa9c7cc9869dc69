#include <wick/report/curves.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::calibration_curve;
using wick::CalibrationBins;
using wick::Index;
using wick::precision_recall_curve;
using wick::roc_curve;
using wick::Tensor;
using wick_tests::message_of;

namespace {

std::vector<double> numbers(wick_tests::Fixture& file) {
  std::vector<double> result(file.get<std::uint32_t>());
  for (double& x : result) x = file.get<double>();
  return result;
}

Tensor<double> tensor(const std::vector<double>& values) {
  return Tensor<double>::from(std::span(values), wick::Shape{static_cast<Index>(values.size())});
}

bool is_close(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]));
    constexpr double tolerance = 1e-12;
    if (!same && !(std::abs(a[i] - b[i]) <= tolerance)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("curves are scikit-learn's: ties, one class, weights of 0, scores at the ends of bins") {
  wick_tests::Fixture file("curves.bin");
  const auto cases = file.get<std::uint32_t>();
  CHECK(cases == 30);
  for (std::uint32_t i = 0; i < cases; ++i) {
    CAPTURE(i);
    const auto scores = tensor(numbers(file));
    const std::vector<double> truth = numbers(file);
    Tensor<std::int64_t> targets(scores.shape());
    for (Index b = 0; b < targets.numel(); ++b) {
      targets.data()[b] = static_cast<std::int64_t>(truth[static_cast<std::size_t>(b)]);
    }
    const std::vector<double> weights = numbers(file);
    const bool probabilities = file.get<std::uint8_t>() != 0;
    const Tensor<double> weighted = tensor(weights);
    const wick::TensorArg<double> w = weights.empty() ? wick::TensorArg<double>() : weighted.view();
    for (const bool drop : {false, true}) {
      const wick::RocCurve curve = roc_curve(scores, targets, w, drop);
      CHECK(is_close(curve.false_positive_rate, numbers(file)));
      CHECK(is_close(curve.true_positive_rate, numbers(file)));
      CHECK(is_close(curve.thresholds, numbers(file)));
    }
    CHECK(is_close({roc_curve(scores, targets, w).area}, numbers(file)));
    for (const bool drop : {false, true}) {
      const wick::PrecisionRecallCurve curve = precision_recall_curve(scores, targets, w, drop);
      CHECK(is_close(curve.precision, numbers(file)));
      CHECK(is_close(curve.recall, numbers(file)));
      CHECK(is_close(curve.thresholds, numbers(file)));
    }
    // scikit-learn says 0 where there is nothing to find.
    const double average = numbers(file).at(0);
    CHECK(is_close({precision_recall_curve(scores, targets, w).average_precision}, {average}));
    if (!probabilities) continue;
    for (const Index bins : {1, 5, 10}) {
      for (const auto strategy : {CalibrationBins::uniform, CalibrationBins::quantile}) {
        const wick::CalibrationCurve curve = calibration_curve(scores, targets, bins, strategy);
        CHECK(is_close(curve.predicted, numbers(file)));
        CHECK(is_close(curve.observed, numbers(file)));
        double rows = 0;
        for (const double count : curve.counts) rows += count;
        CHECK(rows == static_cast<double>(targets.numel()));
      }
    }
  }
  CHECK(file.at_end());
}

TEST_CASE("what is no question of yes and no is refused") {
  const auto targets = Tensor<std::int64_t>::from({0, 1});
  const auto scores = Tensor<float>::from({0.25F, 0.5F});
  CHECK(message_of<wick::ShapeError>([&] {
          static_cast<void>(roc_curve(Tensor<float>::from({1}), targets));
        }) == "roc_curve: expected scores (B) and targets (B), got [1], [2]");
  CHECK(message_of<wick::ShapeError>([&] {
          static_cast<void>(roc_curve(scores, targets, Tensor<double>::from({1})));
        }) == "roc_curve: expected scores (B), targets (B) and weights (B), got [2], [2], [1]");
  CHECK(message_of<wick::ShapeError>([&] {
          static_cast<void>(precision_recall_curve(Tensor<float>(), Tensor<std::int64_t>()));
        }) == "precision_recall_curve: expected at least one sample, got none");
  CHECK(message_of<wick::ShapeError>([&] {
          static_cast<void>(roc_curve(scores, targets, Tensor<double>::from({0, 0})));
        }) == "roc_curve: expected at least one sample of a weight above 0");
  CHECK(message_of<wick::IndexError>([&] {
          static_cast<void>(roc_curve(scores, Tensor<std::int64_t>::from({0, 2})));
        }) == "roc_curve: expected targets 0 and 1, got 2");
  CHECK(message_of<wick::OptionError>([&] {
          constexpr float nan = std::numeric_limits<float>::quiet_NaN();
          static_cast<void>(roc_curve(Tensor<float>::from({0, nan}), targets));
        }) == "roc_curve: expected scores that are finite, got nan");
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(roc_curve(scores, targets, Tensor<double>::from({0, -1})));
        }) == "roc_curve: expected weights that are finite and >= 0, got -1.0");
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(calibration_curve(Tensor<float>::from({0, 1.5F}), targets));
        }) == "calibration_curve: expected probabilities in [0, 1], got 1.5");
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(calibration_curve(scores, targets, 0)); }) ==
        "calibration_curve: expected bins in [1, 1000000], got 0");
}
