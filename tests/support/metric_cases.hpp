#pragma once

// What scikit-learn says of predictions, see reference/make_metrics.py.

#include "support/fixture.hpp"

#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace wick_tests {

struct MetricCase {
  enum Kind : std::uint8_t { classes, numbers, scores };

  Kind kind = classes;
  wick::Tensor<double> predictions;       ///< (rows, columns)
  wick::Tensor<std::int64_t> classes_of;  ///< (rows), of kind `classes`
  wick::Tensor<double> targets;           ///< (rows, columns), of the others
  bool weighted = false;
  wick::Tensor<double> weights;  ///< (rows)
  std::vector<std::pair<std::string, double>> expected;

  [[nodiscard]] wick::Index rows() const { return predictions.size(0); }
};

[[nodiscard]] inline std::vector<MetricCase> metric_cases() {
  Fixture file("metrics.bin");
  std::vector<MetricCase> cases;
  for (auto count = file.get<std::uint32_t>(); count > 0; --count) {
    MetricCase c;
    c.kind = static_cast<MetricCase::Kind>(file.get<std::uint8_t>());
    const auto rows = static_cast<wick::Index>(file.get<std::uint32_t>());
    const auto columns = static_cast<wick::Index>(file.get<std::uint32_t>());
    c.predictions = file.tensor<double>({rows, columns});
    if (c.kind == MetricCase::classes) {
      c.classes_of = file.tensor<std::int64_t>({rows});
    } else {
      c.targets = file.tensor<double>({rows, columns});
    }
    c.weighted = file.get<std::uint8_t>() != 0;
    if (c.weighted) c.weights = file.tensor<double>({rows});
    for (auto values = file.get<std::uint32_t>(); values > 0; --values) {
      std::string name = file.text();
      c.expected.emplace_back(std::move(name), file.get<double>());
    }
    cases.push_back(std::move(c));
  }
  return cases;
}

/// Gives a metric the rows of a case, a few at a time, and returns its result.
template <class Metric>
[[nodiscard]] double measured(Metric metric, const MetricCase& c, wick::Index at_once = 7) {
  for (wick::Index i = 0; i < c.rows(); i += at_once) {
    const wick::Index end = (std::min)(i + at_once, c.rows());
    const wick::TensorView<const double> predictions = c.predictions.view().rows(i, end);
    const auto accumulate = [&](const auto& targets) {
      if (c.weighted) {
        metric.accumulate(predictions, targets, wick::TensorArg<double>(c.weights.view().rows(i, end)));
      } else {
        metric.accumulate(predictions, targets);
      }
    };
    constexpr bool of_classes = requires { metric.accumulate(predictions, wick::TensorArg<std::int64_t>()); };
    if (c.kind == MetricCase::classes) {
      if constexpr (of_classes) accumulate(wick::TensorArg<std::int64_t>(c.classes_of.view().rows(i, end)));
    } else {
      constexpr bool of_numbers = requires { metric.accumulate(predictions, wick::TensorArg<double>()); };
      if constexpr (of_numbers) {
        if constexpr (requires {
                        metric.accumulate(predictions, wick::TensorArg<double>(), wick::TensorArg<double>());
                      }) {
          accumulate(wick::TensorArg<double>(c.targets.view().rows(i, end)));
        } else {
          metric.accumulate(predictions, wick::TensorArg<double>(c.targets.view().rows(i, end)));
        }
      }
    }
  }
  return metric.result();
}

/// Compares with the value under `name`, if the case has one, and counts the comparisons.
template <class Metric>
void check_metric(const Metric& metric, const MetricCase& c, const std::string& name, int& count) {
  for (const auto& value : c.expected) {
    if (value.first != name) continue;
    ++count;
    CAPTURE(name);
    const double got = measured(metric, c);
    CAPTURE(got);
    CAPTURE(value.second);
    const bool equal = std::isnan(value.second)
                           ? std::isnan(got)
                           : std::abs(got - value.second) <= 1e-12 * (std::max)(1.0, std::abs(value.second));
    CHECK(equal);
    // In one batch, too.
    const double at_once = measured(metric, c, c.rows());
    const bool same = std::isnan(got) ? std::isnan(at_once)
                                      : std::abs(got - at_once) <= 1e-12 * (std::max)(1.0, std::abs(got));
    CHECK(same);
  }
}

}  // namespace wick_tests
