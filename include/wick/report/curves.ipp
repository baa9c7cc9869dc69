#pragma once

// Definitions of report/curves.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/report/curves.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void ScoredSamples::demand(const char* where, const Shape& shape, TensorArg<std::int64_t> targets,
                                       TensorArg<double> weights) {
  const bool weighted = weights.data() != nullptr || weights.numel() > 0;
  if (shape.dim() != 1 || !(shape == targets.shape()) || (weighted && !(shape == weights.shape()))) {
    throw ShapeError(std::string(where) + ": expected scores (B)" + (weighted ? ", " : " and ") +
                     "targets (B)" + (weighted ? " and weights (B)" : "") + ", got " + shape.str() + ", " +
                     targets.shape().str() + (weighted ? ", " + weights.shape().str() : std::string()));
  }
  for (const double score : scores_) {
    if (!is_finite(score)) {
      throw OptionError(std::string(where) + ": expected scores that are finite, got " + python_repr(score));
    }
  }
  for (const std::int64_t target : targets.span()) {
    if (target != 0 && target != 1) {
      throw IndexError(std::string(where) + ": expected targets 0 and 1, got " + std::to_string(target));
    }
  }
  if (weighted) {
    for (const double w : weights.span()) {
      if (!is_finite(w) || w < 0) {
        throw OptionError(std::string(where) + ": expected weights that are finite and >= 0, got " +
                          python_repr(w));
      }
    }
    weights_.assign(weights.span().begin(), weights.span().end());
  }
  targets_.assign(targets.span().begin(), targets.span().end());
  const auto counts = [](double w) { return w > 0; };
  if (targets_.empty() || (weighted && std::ranges::none_of(weights_, counts))) {
    throw ShapeError(std::string(where) + ": expected at least one sample" +
                     (targets_.empty() ? ", got none" : " of a weight above 0"));
  }
}

/// At each different score, from the largest on, the weights of those of class 1 and class 0 that are found.
struct FoundAtThresholds {
  std::vector<double> hits;
  std::vector<double> misses;
  std::vector<double> thresholds;

  /// Keeps the points for which `keep(i)`, and the first and the last.
  template <class Keep>
  void thin(Keep keep) {
    std::size_t kept = 0;
    const std::size_t count = hits.size();
    const FoundAtThresholds all = *this;
    for (std::size_t i = 0; i < count; ++i) {
      if (i != 0 && i + 1 != count && !keep(all, i)) continue;
      hits[kept] = all.hits[i];
      misses[kept] = all.misses[i];
      thresholds[kept++] = all.thresholds[i];
    }
    hits.resize(kept);
    misses.resize(kept);
    thresholds.resize(kept);
  }
};

[[nodiscard]] inline FoundAtThresholds found_at_thresholds(const ScoredSamples& samples) {
  const std::vector<double>& scores = samples.scores();
  const std::vector<double>& weights = samples.weights();
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (weights.empty() || weights[i] > 0) order.push_back(i);
  }
  // Equal scores in the order in which they came: sums of weights round as scikit-learn's do.
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  FoundAtThresholds found;
  double hits = 0;
  double misses = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    (samples.targets()[i] == 1 ? hits : misses) += weights.empty() ? 1 : weights[i];
    if (k + 1 < order.size() && scores[order[k + 1]] == scores[i]) continue;
    found.hits.push_back(hits);
    found.misses.push_back(misses);
    found.thresholds.push_back(scores[i]);
  }
  return found;
}

WICK_INLINE RocCurve roc_curve_of(const ScoredSamples& samples, bool drop_intermediate) {
  FoundAtThresholds found = found_at_thresholds(samples);
  if (drop_intermediate) {
    found.thin([](const FoundAtThresholds& all, std::size_t i) {
      const auto bends = [i](const std::vector<double>& y) {
        return (y[i + 1] - y[i]) - (y[i] - y[i - 1]) != 0;
      };
      return bends(all.misses) || bends(all.hits);
    });
  }
  RocCurve curve;
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  const double hits = found.hits.back();
  const double misses = found.misses.back();
  curve.false_positive_rate.push_back(misses > 0 ? 0 : undefined);
  curve.true_positive_rate.push_back(hits > 0 ? 0 : undefined);
  curve.thresholds.push_back(std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < found.hits.size(); ++i) {
    curve.false_positive_rate.push_back(misses > 0 ? found.misses[i] / misses : undefined);
    curve.true_positive_rate.push_back(hits > 0 ? found.hits[i] / hits : undefined);
    curve.thresholds.push_back(found.thresholds[i]);
    curve.area += (curve.false_positive_rate[i + 1] - curve.false_positive_rate[i]) *
                  (curve.true_positive_rate[i + 1] + curve.true_positive_rate[i]) / 2;
  }
  return curve;
}

WICK_INLINE PrecisionRecallCurve precision_recall_curve_of(const ScoredSamples& samples,
                                                           bool drop_intermediate) {
  FoundAtThresholds found = found_at_thresholds(samples);
  if (drop_intermediate) {
    found.thin([](const FoundAtThresholds& all, std::size_t i) {
      return all.hits[i] != all.hits[i - 1] || all.hits[i + 1] != all.hits[i];
    });
  }
  PrecisionRecallCurve curve;
  const double hits = found.hits.back();
  double before = 0;
  for (std::size_t i = 0; i < found.hits.size(); ++i) {
    const double precision = found.hits[i] / (found.hits[i] + found.misses[i]);
    const double recall = hits > 0 ? found.hits[i] / hits : 1;
    curve.precision.push_back(precision);
    curve.recall.push_back(recall);
    curve.thresholds.push_back(found.thresholds[i]);
    curve.average_precision += (recall - before) * precision;
    before = recall;
  }
  std::ranges::reverse(curve.precision);
  std::ranges::reverse(curve.recall);
  std::ranges::reverse(curve.thresholds);
  curve.precision.push_back(1);
  curve.recall.push_back(0);
  return curve;
}

/// The number below which a share `q` of `sorted` lies, between two of them in proportion. NumPy's
/// percentile().
[[nodiscard]] inline double percentile_of(const std::vector<double>& sorted, double q) {
  const double place = static_cast<double>(sorted.size() - 1) * q;
  const auto below = static_cast<std::size_t>(std::floor(place));
  const std::size_t above = (std::min)(below + 1, sorted.size() - 1);
  const double t = place - std::floor(place);
  const double step = sorted[above] - sorted[below];
  return t >= 0.5 ? sorted[above] - step * (1 - t) : sorted[below] + step * t;
}

WICK_INLINE CalibrationCurve calibration_curve_of(const ScoredSamples& samples, Index bins,
                                                  CalibrationBins strategy) {
  constexpr Index most_bins = 1'000'000;
  if (bins < 1 || bins > most_bins) {
    throw OptionError("calibration_curve: expected bins in [1, " + std::to_string(most_bins) + "], got " +
                      std::to_string(bins));
  }
  for (const double p : samples.scores()) {
    if (p < 0 || p > 1) {
      throw OptionError("calibration_curve: expected probabilities in [0, 1], got " + python_repr(p));
    }
  }
  std::vector<double> sorted;
  if (strategy == CalibrationBins::quantile) {
    sorted = samples.scores();
    std::ranges::sort(sorted);
  }
  std::vector<double> edges;  // those between bins
  const double width = 1 / static_cast<double>(bins);
  for (Index i = 1; i < bins; ++i) {
    const double share = static_cast<double>(i) * width;
    edges.push_back(strategy == CalibrationBins::quantile ? percentile_of(sorted, share * 100 / 100) : share);
  }
  const auto count = static_cast<std::size_t>(bins);
  std::vector<double> sums(count);
  std::vector<double> right(count);
  std::vector<double> totals(count);
  for (std::size_t i = 0; i < samples.scores().size(); ++i) {
    const double p = samples.scores()[i];
    const auto bin = static_cast<std::size_t>(std::ranges::lower_bound(edges, p) - edges.begin());
    sums[bin] += p;
    right[bin] += static_cast<double>(samples.targets()[i]);
    totals[bin] += 1;
  }
  CalibrationCurve curve;
  for (std::size_t bin = 0; bin < count; ++bin) {
    if (totals[bin] == 0) continue;
    curve.predicted.push_back(sums[bin] / totals[bin]);
    curve.observed.push_back(right[bin] / totals[bin]);
    curve.counts.push_back(totals[bin]);
  }
  return curve;
}

}  // namespace detail

WICK_END_NAMESPACE
