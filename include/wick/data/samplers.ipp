#pragma once

// Definitions of data/samplers.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/data/samplers.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE WeightedRandomSampler::WeightedRandomSampler(std::vector<double> weights, Index num_samples,
                                                         bool replacement)
    : weights_(std::move(weights)), num_samples_(num_samples), replacement_(replacement) {
  double sum = 0;
  Index positive = 0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (!(weights_[i] >= 0) || !is_finite(weights_[i])) {
      throw OptionError("WeightedRandomSampler: weights must be finite and >= 0, got " +
                        python_repr(weights_[i]) + " for row " + std::to_string(i));
    }
    if (weights_[i] > 0) ++positive;
    sum += weights_[i];
    cumulative_.push_back(sum);
  }
  if (!(sum > 0) || !is_finite(sum)) {
    throw OptionError("WeightedRandomSampler: expected weights with a sum > 0 that is finite, got " +
                      python_repr(sum));
  }
  if (num_samples_ < 1) {
    throw OptionError(
        "WeightedRandomSampler: num_samples should be a positive integer value, but got num_samples=" +
        std::to_string(num_samples_));
  }
  if (!replacement_ && num_samples_ > positive) {
    throw OptionError("WeightedRandomSampler: cannot sample " + std::to_string(num_samples_) +
                      " rows without replacement: " + std::to_string(positive) + " have a weight > 0");
  }
  for (double& c : cumulative_) c /= sum;
  cumulative_.back() = 1;
}

WICK_INLINE void WeightedRandomSampler::draw(std::vector<Index>& order, Generator& generator) const {
  order.resize(static_cast<std::size_t>(num_samples_));
  if (!replacement_) {
    draw_each_once(order, generator);
    return;
  }
  for (Index& row : order) {
    const double u = detail::uniform53(generator);
    row = std::ranges::lower_bound(cumulative_, u) - cumulative_.begin();
  }
}

WICK_INLINE void WeightedRandomSampler::draw_each_once(std::vector<Index>& order,
                                                       Generator& generator) const {
  std::vector<std::pair<double, Index>> keys;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const double u = 1 - detail::uniform53(generator);
    if (weights_[i] > 0) keys.emplace_back(-detail::log(u) / weights_[i], static_cast<Index>(i));
  }
  std::ranges::sort(keys);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = keys[i].second;
}

WICK_INLINE WeightedRandomSampler balanced_sampler(std::span<const std::int64_t> classes) {
  std::map<std::int64_t, double> counts;
  for (const std::int64_t label : classes) ++counts[label];
  std::vector<double> weights;
  weights.reserve(classes.size());
  for (const std::int64_t label : classes) weights.push_back(1 / counts[label]);
  return {std::move(weights), static_cast<Index>(classes.size())};
}

WICK_END_NAMESPACE
