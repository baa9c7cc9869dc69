#pragma once

// Definitions of metrics/classification.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/metrics/classification.hpp>

#include <cmath>
#include <cstddef>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE double F1Score::result() const {
  return averaged(average(), [](double right, double targets, double predictions) {
    return ratio(2 * right, targets + predictions);
  });
}

WICK_INLINE double BalancedAccuracy::result() const {
  double sum = 0;
  Index classes = 0;
  for (Index i = 0; i < matrix().classes(); ++i) {
    const double targets = matrix().targets(i);
    if (targets == 0) continue;
    sum += matrix().at(i, i) / targets;
    ++classes;
  }
  return sum / static_cast<double>(classes);
}

WICK_INLINE double MatthewsCorrelation::result() const {
  const double total = matrix().total();
  if (matrix().classes() == 0) return none();
  double both = 0;
  double targets = 0;
  double predictions = 0;
  for (Index i = 0; i < matrix().classes(); ++i) {
    const double t = matrix().targets(i);
    const double p = matrix().predictions(i);
    both += t * p;
    targets += t * t;
    predictions += p * p;
  }
  const double square = total * total;
  const double variance = (square - targets) * (square - predictions);
  return variance == 0 ? 0 : (matrix().right() * total - both) / std::sqrt(variance);
}

WICK_INLINE double CohenKappa::result() const {
  const Index classes = matrix().classes();
  std::vector<double> targets;
  std::vector<double> predictions;
  for (Index i = 0; i < classes; ++i) {
    targets.push_back(matrix().targets(i));
    predictions.push_back(matrix().predictions(i));
  }
  double observed = 0;
  double expected = 0;
  for (Index i = 0; i < classes; ++i) {
    for (Index j = 0; j < classes; ++j) {
      const auto apart = static_cast<double>(i - j);
      const double weight = weights_ == KappaWeights::none     ? (i == j ? 0 : 1)
                            : weights_ == KappaWeights::linear ? std::abs(apart)
                                                               : apart * apart;
      observed += weight * matrix().at(i, j);
      expected += weight * targets[static_cast<std::size_t>(i)] * predictions[static_cast<std::size_t>(j)];
    }
  }
  return 1 - observed / (expected / matrix().total());
}

WICK_END_NAMESPACE
