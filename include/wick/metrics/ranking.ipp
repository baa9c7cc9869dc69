#pragma once

// Definitions of metrics/ranking.hpp.

#include <limits>
#include <type_traits>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/metrics/classification.hpp>
#include <wick/metrics/detail/batch.hpp>
#include <wick/metrics/metric.hpp>
#include <wick/metrics/probabilities.hpp>
#include <wick/metrics/ranking.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE OfRanks::OfRanks(const char* where, Scores kind, Average average)
    : where_(where), kind_(kind), average_(average) {
  if (average != Average::macro && average != Average::weighted) {
    throw OptionError(std::string(where) + ": expected Average::macro or Average::weighted");
  }
}

WICK_INLINE void OfRanks::set_width(std::size_t width) {
  if (width_ != 0 && width_ != width) {
    throw ShapeError(std::string(where_) + ": expected scores of as many classes in every batch, got " +
                     std::to_string(width_) + " and " + std::to_string(width));
  }
  width_ = width;
}

WICK_INLINE void OfRanks::add_score(double score) {
  has_nan_ = has_nan_ || score != score;
  scores_.push_back(score);
}

WICK_INLINE RankedClass OfRanks::ranked(std::size_t column, std::int64_t positive) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (weights_[i] > 0) order.push_back(i);
  }
  const auto score = [&](std::size_t i) { return scores_[i * width_ + column]; };
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
  RankedClass result;
  double hits = 0;
  double misses = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    (targets_[i] == positive ? hits : misses) += weights_[i];
    if (k + 1 < order.size() && score(order[k + 1]) == score(i)) continue;
    result.hits.push_back(hits);
    result.misses.push_back(misses);
  }
  return result;
}

}  // namespace detail

WICK_INLINE double RocAuc::result() const {
  return averaged([](const detail::RankedClass& ranks) {
    double area = 0;
    double hits = 0;
    double misses = 0;
    for (std::size_t i = 0; i < ranks.hits.size(); ++i) {
      area += (ranks.misses[i] - misses) * (ranks.hits[i] + hits) / 2;
      hits = ranks.hits[i];
      misses = ranks.misses[i];
    }
    return area / (hits * misses);
  });
}

WICK_INLINE double AveragePrecision::result() const {
  return averaged([](const detail::RankedClass& ranks) {
    double area = 0;
    double hits = 0;
    const double all = ranks.hits.empty() ? 0 : ranks.hits.back();
    for (std::size_t i = 0; i < ranks.hits.size() && all > 0; ++i) {
      area += (ranks.hits[i] - hits) / all * ranks.hits[i] / (ranks.hits[i] + ranks.misses[i]);
      hits = ranks.hits[i];
    }
    return area;
  });
}

WICK_END_NAMESPACE
