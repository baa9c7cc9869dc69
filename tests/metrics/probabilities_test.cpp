#include <wick/metrics/probabilities.hpp>

#include "support/metric_cases.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <utility>

using wick::BrierScore;
using wick::CalibrationError;
using wick::LogLoss;
using wick::Scores;
using wick::Tensor;
using wick_tests::message_of;

namespace {

template <class Metric, class Targets>
double once(Metric metric, const Tensor<double>& scores, const Targets& targets) {
  metric.accumulate(scores.view(), targets);
  return metric.result();
}

}  // namespace

TEST_CASE("scores of probabilities are scikit-learn's: sure and wrong, one class, weights of 0") {
  int count = 0;
  for (const auto& c : wick_tests::metric_cases()) {
    check_metric(LogLoss(Scores::probabilities), c, "log loss", count);
    check_metric(BrierScore(Scores::probabilities), c, "brier", count);
    check_metric(CalibrationError(Scores::probabilities), c, "calibration", count);
  }
  CHECK(count == 60 * 3 + 8 * 2 + 4);
}

TEST_CASE("logits and log-probabilities stand for their probabilities") {
  const auto logits = Tensor<double>::from({{0, 1, -2}, {1000, 999, 0}, {-1000, 1, 2}});
  Tensor<double> logs(logits.shape());
  Tensor<double> shares(logits.shape());
  for (wick::Index b = 0; b < 3; ++b) {
    double sum = 0;
    double largest = -1e9;
    for (wick::Index c = 0; c < 3; ++c) largest = (std::max)(largest, logits.at(b, c));
    for (wick::Index c = 0; c < 3; ++c) sum += std::exp(logits.at(b, c) - largest);
    for (wick::Index c = 0; c < 3; ++c) {
      logs.data()[b * 3 + c] = logits.at(b, c) - largest - std::log(sum);
      shares.data()[b * 3 + c] = std::exp(logs.at(b, c));
    }
  }
  const auto targets = Tensor<std::int64_t>::from({0, 2, 1});
  const auto compare = [&](auto of) {
    const double expected = once(of(Scores::probabilities), shares, targets);
    CHECK(once(of(Scores::logits), logits, targets) == doctest::Approx(expected).epsilon(1e-12));
    CHECK(once(of(Scores::log_probabilities), logs, targets) == doctest::Approx(expected).epsilon(1e-12));
  };
  compare([](Scores kind) { return LogLoss(kind); });
  compare([](Scores kind) { return BrierScore(kind); });
  compare([](Scores kind) { return CalibrationError(kind, 5); });

  // A number by itself is the logit of class 1, which is never 0 or 1 for the loss.
  const auto one = Tensor<double>::from({0, 1000, -1000});
  CHECK(once(LogLoss(Scores::logits), one, Tensor<double>::from({1, 1, 0})) ==
        doctest::Approx(std::log(2) / 3));
  CHECK(once(LogLoss(Scores::logits), one, Tensor<double>::from({1, 0, 1})) ==
        doctest::Approx((std::log(2) - 2 * std::log(0x1p-52)) / 3));
  CHECK(once(BrierScore(Scores::logits), one, Tensor<double>::from({1, 0, 0})) == doctest::Approx(1.25 / 3));
}

TEST_CASE("bins are closed at their upper ends") {
  const auto p = Tensor<double>::from({0, 0.5, 0.75, 1});
  const auto y = Tensor<double>::from({0, 1, 1, 0});
  // Of two: {0, 0.5} is off by |0.5 - 1|, {0.75, 1} by |1.75 - 1|.
  CHECK(once(CalibrationError(Scores::probabilities, 2), p, y) == (0.5 + 0.75) / 4);
  CHECK(once(CalibrationError(Scores::probabilities, 1), p, y) == 0.25 / 4);
}

TEST_CASE("no samples give no number, and what does not fit is refused") {
  CHECK(std::isnan(LogLoss().result()));
  CHECK(std::isnan(BrierScore().result()));
  CHECK(std::isnan(CalibrationError().result()));
  CHECK_THROWS_AS(CalibrationError(Scores::logits, 0), wick::OptionError);
  static_assert(!LogLoss::larger_is_better);
  LogLoss metric;
  const auto scores = Tensor<float>::zeros({2, 2});
  CHECK(message_of<wick::ShapeError>([&] {
          metric.accumulate(std::as_const(scores).view(), Tensor<float>::zeros({2}));
        }) == "LogLoss: expected targets of the predictions' shape [2, 2], got [2]");
  CHECK_THROWS_AS(metric.accumulate(std::as_const(scores).view(), Tensor<std::int64_t>::from({0, 2})),
                  wick::IndexError);
  CHECK_THROWS_AS(metric.accumulate(std::as_const(scores).view(), Tensor<float>::zeros({2, 2}),
                                    Tensor<float>::zeros({3})),
                  wick::ShapeError);
}
