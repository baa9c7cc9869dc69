#include "support/throws.hpp"

#include <wick/tabular/table_metrics.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

using wick::Shape;
using wick::Tensor;

TEST_CASE("class_metrics: by hand") {
  Tensor<double> probabilities(Shape{4, 2});
  const double p[] = {0.9, 0.1, 0.4, 0.6, 0.3, 0.7, 0.8, 0.2};
  std::copy_n(p, 8, probabilities.data());
  Tensor<std::int64_t> classes(Shape{4});
  const std::int64_t c[] = {0, 1, 1, 1};
  std::copy_n(c, 4, classes.data());
  const wick::MetricValues values = wick::class_metrics(probabilities, classes);
  CHECK(values["Accuracy"] == 0.75);
  CHECK(values["Balanced accuracy"] == doctest::Approx((1 + 2.0 / 3) / 2));
  CHECK(values["F1"] == doctest::Approx(2 * 1 * (2.0 / 3) / (1 + 2.0 / 3)));
  CHECK(values["ROC-AUC"] == 1);
  CHECK(values["Log loss"] ==
        doctest::Approx(-(std::log(0.9) + std::log(0.6) + std::log(0.7) + std::log(0.2)) / 4));
  CHECK(values["Brier score"] == doctest::Approx((0.01 + 0.16 + 0.09 + 0.64) / 4));
  CHECK(values["MCC"] == doctest::Approx(2 / std::sqrt(2.0 * 3 * 1 * 2)));
}

TEST_CASE("number_metrics: by hand") {
  Tensor<double> predictions(Shape{2}), targets(Shape{2});
  predictions.data()[0] = 1;
  predictions.data()[1] = 4;
  targets.data()[0] = 2;
  targets.data()[1] = 4;
  const wick::MetricValues values = wick::number_metrics(predictions, targets);
  CHECK(values["RMSE"] == doctest::Approx(std::sqrt(0.5)));
  CHECK(values["MAE"] == 0.5);
  CHECK(values["R2"] == 0.5);
  CHECK(values["MAPE"] == 0.25);
  CHECK(std::string(wick::main_metric(wick::Task::regression)) == "RMSE");
  CHECK(std::string(wick::main_metric(wick::Task::binary)) == "Log loss");
}
