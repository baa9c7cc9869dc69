#include <wick/metrics/confusion_matrix.hpp>

#include "support/metric_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

using wick::ConfusionMatrix;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::MetricCase;

namespace {

// As a metric, for comparison.
class Accuracy : public ConfusionMatrix {
 public:
  [[nodiscard]] double result() const { return accuracy(); }
};

}  // namespace

TEST_CASE("accuracy over all samples is scikit-learn's, by weight") {
  int count = 0;
  for (const MetricCase& c : wick_tests::metric_cases()) check_metric(Accuracy(), c, "accuracy", count);
  CHECK(count == 60);
}

TEST_CASE("samples are counted by class and by the class that they are taken for") {
  ConfusionMatrix matrix;
  const auto scores = Tensor<float>::from({{0, 1, 0}, {2, 1, 2}, {0, 0, 1}});
  matrix.accumulate(std::as_const(scores).view(), Tensor<std::int64_t>::from({1, 2, 2}));
  CHECK(matrix.classes() == 3);
  CHECK(matrix.at(1, 1) == 1);
  CHECK(matrix.at(2, 0) == 1);  // the first of equals
  CHECK(matrix.at(2, 2) == 1);
  CHECK(matrix.targets(2) == 2);
  CHECK(matrix.predictions(0) == 1);
  CHECK(matrix.accuracy() == 2 / 3.0);
  // It grows with the classes that come, and keeps its counts.
  matrix.accumulate(Tensor<std::int64_t>::from({4, 0}), Tensor<std::int64_t>::from({4, 3}),
                    Tensor<double>::from({0.5, 0}));
  CHECK(matrix.classes() == 5);
  CHECK(matrix.at(2, 0) == 1);
  CHECK(matrix.at(4, 4) == 0.5);
  CHECK(matrix.has_class(3));
  CHECK(matrix.total() == 3.5);
  CHECK(matrix.counts().at(2, 2) == 1);
  CHECK_THROWS_AS(static_cast<void>(matrix.at(5, 0)), wick::IndexError);

  ConfusionMatrix binary(0.5);
  const auto probabilities = Tensor<double>::from({0.5, 0.6, 0.1});
  binary.accumulate(std::as_const(probabilities).view(), Tensor<double>::from({1, 1, 0}));
  CHECK(binary.at(1, 0) == 1);
  CHECK(binary.at(1, 1) == 1);
  CHECK(binary.at(0, 0) == 1);
  CHECK(std::isnan(ConfusionMatrix().accuracy()));
}

TEST_CASE("what does not fit is refused") {
  ConfusionMatrix matrix;
  const auto scores = Tensor<float>::zeros({2, 3});
  const auto view = std::as_const(scores).view();
  CHECK(message_of<wick::ShapeError>([&] { matrix.accumulate(view, Tensor<std::int64_t>::zeros({3})); }) ==
        "ConfusionMatrix: expected scores (B, C) and targets (B), got [2, 3] and [3]");
  CHECK(message_of<wick::IndexError>([&] {
          matrix.accumulate(view, Tensor<std::int64_t>::from({0, 3}));
        }) == "ConfusionMatrix: target 3 is out of range for 3 classes");
  CHECK_THROWS_AS(matrix.accumulate(view, Tensor<std::int64_t>::from({0, -1})), wick::IndexError);
  const auto targets = Tensor<std::int64_t>::zeros({2});
  CHECK(message_of<wick::ShapeError>([&] { matrix.accumulate(view, targets, Tensor<float>::zeros({3})); }) ==
        "ConfusionMatrix: expected weights of shape [2], got [3]");
  CHECK(message_of<wick::OptionError>([&] {
          matrix.accumulate(view, targets, Tensor<float>::from({1, -1}));
        }) == "ConfusionMatrix: expected weights that are finite and >= 0, got -1.0");
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(matrix.accumulate(view, targets, Tensor<float>::from({1, nan})), wick::OptionError);
  CHECK_THROWS_AS(matrix.accumulate(view, Tensor<float>::zeros({2})), wick::ShapeError);
  CHECK(contains(message_of<wick::IndexError>([&] {
                   matrix.accumulate(Tensor<std::int64_t>::from({10'000}), Tensor<std::int64_t>::zeros({1}));
                 }),
                 "expected classes in [0, 10000), got 10000"));
  CHECK_THROWS_AS(matrix.accumulate(targets, Tensor<std::int64_t>::zeros({3})), wick::ShapeError);
  CHECK(matrix.total() == 0);
}
