#pragma once

// Definitions of training/find_learning_rate.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/training/find_learning_rate.hpp>
#include <wick/training/training_error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void check_range(const LearningRateRange& range) {
  const auto demand = [](bool ok, const std::string& what, const std::string& got) {
    if (!ok) throw OptionError("find_learning_rate: " + what + ", got " + got);
  };
  demand(range.smallest > 0 && is_finite(range.smallest), "smallest must be > 0",
         python_repr(range.smallest));
  demand(range.largest > range.smallest && is_finite(range.largest / range.smallest),
         "largest must be > smallest", python_repr(range.largest));
  demand(range.steps >= 10, "steps must be >= 10", std::to_string(range.steps));
  demand(range.smoothing >= 0 && range.smoothing < 1, "smoothing must be in [0, 1)",
         python_repr(range.smoothing));
  demand(range.give_up > 1, "give_up must be > 1", python_repr(range.give_up));
}

/// The slope of the line of least squares through the losses from `at - reach` to `at + reach`, by step.
inline double slope_around(const std::vector<double>& losses, std::size_t at, std::size_t reach) {
  double product = 0;
  double squares = 0;
  for (std::size_t k = 1; k <= reach; ++k) {
    const auto distance = static_cast<double>(k);
    product += distance * (losses[at + k] - losses[at - k]);
    squares += 2 * distance * distance;
  }
  return product / squares;
}

/// What the losses say.
inline void suggest(LearningRates& found) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  found.steepest = found.at_minimum = found.suggestion = nan;
  const auto& losses = found.smoothed;
  if (losses.size() < 3) return;
  const auto smallest = static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin());
  found.at_minimum = found.rates[smallest];
  // Not beyond the minimum: what comes after it are waves of the explosion.
  const std::size_t reach = (std::max)(losses.size() / 10, std::size_t{1});
  double steepest = 0;
  for (std::size_t i = reach; i <= smallest && i + reach < losses.size(); ++i) {
    const double slope = slope_around(found.losses, i, reach);
    if (slope >= steepest) continue;
    steepest = slope;
    found.steepest = found.rates[i];
  }
  if (steepest < 0) found.suggestion = (std::min)(found.steepest, found.at_minimum / 10);
}

WICK_INLINE LearningRates range_test(FitRun& run, const LearningRateRange& range) {
  check_range(range);
  run.check_run(true);
  LearningRates found;
  const double factor = range.largest / range.smallest;
  double mean = 0;
  double weight = 1;
  double best = std::numeric_limits<double>::infinity();
  run.train_mode();
  run.begin_epoch();
  for (Index step = 0; step < range.steps; ++step) {
    if (step > 0) {
      run.next_batch();
      if (!run.has_batch()) run.begin_epoch();
    }
    const double rate =
        range.smallest * std::pow(factor, static_cast<double>(step) / static_cast<double>(range.steps - 1));
    run.set_lr(rate);
    run.zero_grad();
    double loss = 0;
    try {
      loss = run.add_gradient({1, step + 1, "training", run.caller()});
    } catch (const TrainingError&) {
      if (step == 0) throw;
      break;
    }
    static_cast<void>(run.update({}));
    mean = range.smoothing * mean + (1 - range.smoothing) * loss;
    weight *= range.smoothing;
    const double smoothed = mean / (1 - weight);
    found.rates.push_back(rate);
    found.losses.push_back(loss);
    found.smoothed.push_back(smoothed);
    if (smoothed > range.give_up * best) break;
    best = (std::min)(best, smoothed);
  }
  suggest(found);
  return found;
}

}  // namespace detail

WICK_END_NAMESPACE
