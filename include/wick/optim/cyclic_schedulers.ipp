#pragma once

// Definitions of optim/cyclic_schedulers.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/cyclic_schedulers.hpp>
#include <wick/optim/detail/clone_scheduler.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE CyclicLR::CyclicLR(const CyclicLROptions& options) : SchedulerOf(options) {
  CyclicLR::check_options();
}

WICK_INLINE void CyclicLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("base_lr", options_.base_lr);
  fields("max_lr", options_.max_lr);
  fields("step_size_up", options_.step_size_up);
  fields("step_size_down", options_.step_size_down);
  fields("mode", options_.mode);
  fields("gamma", options_.gamma);
  fields("cycle_momentum", options_.cycle_momentum);
  fields("base_momentum", options_.base_momentum);
  fields("max_momentum", options_.max_momentum);
}

WICK_INLINE void CyclicLR::check_options() const {
  const CyclicLROptions& o = options_;
  demand(o.mode == "triangular" || o.mode == "triangular2" || o.mode == "exp_range",
         "mode is invalid: expected triangular, triangular2 or exp_range, got " + o.mode);
  demand(o.step_size_up >= 1, "step_size_up must be >= 1, got " + std::to_string(o.step_size_up));
  demand(o.step_size_down >= 0, "step_size_down must be >= 0, got " + std::to_string(o.step_size_down));
  demand(is_finite(o.gamma), "gamma must be finite, got " + python_repr(o.gamma));
}

WICK_INLINE void CyclicLR::prepare(detail::ScheduledRates& rates, std::vector<double>& /*initial*/) {
  const std::size_t groups = rates.groups();
  demand(!options_.cycle_momentum || rates.has_momentum(),
         "optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
  for (std::size_t g = 0; g < groups; ++g) static_cast<void>(of_group("max_lr", options_.max_lr, g, groups));
  for (std::size_t g = 0; g < groups; ++g) rates.set_lr(g, of_group("base_lr", options_.base_lr, g, groups));
  if (!options_.cycle_momentum) return;
  for (std::size_t g = 0; g < groups; ++g) {
    static_cast<void>(of_group("base_momentum", options_.base_momentum, g, groups));
    rates.set_momentum(g, of_group("max_momentum", options_.max_momentum, g, groups));
  }
}

// The first rate begins where the optimizer began, whose initial rate may be that of another scheduler.
WICK_INLINE void CyclicLR::begin(detail::ScheduledRates& rates, std::vector<double>& initial) {
  LRScheduler::begin(rates, initial);
  for (std::size_t g = 0; g < base_lrs_.size(); ++g) {
    base_lrs_[g] = of_group("base_lr", options_.base_lr, g, base_lrs_.size());
  }
}

/// Between the two rates, in [0, 1].
WICK_INLINE double CyclicLR::height() const {
  const auto up = static_cast<double>(options_.step_size_up);
  const auto down = options_.step_size_down == 0 ? up : static_cast<double>(options_.step_size_down);
  const double total = up + down;
  const double ratio = up / total;
  const double at = static_cast<double>(last_epoch_) / total;
  const double cycle = std::floor(1 + at);
  const double x = 1.0 + at - cycle;
  return x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
}

/// What a mode multiplies the height by.
WICK_INLINE double CyclicLR::scale() const {
  if (options_.mode == "exp_range") return detail::power(options_.gamma, static_cast<double>(last_epoch_));
  if (options_.mode == "triangular") return 1;
  const std::int64_t down = options_.step_size_down == 0 ? options_.step_size_up : options_.step_size_down;
  const auto total = static_cast<double>(options_.step_size_up) + static_cast<double>(down);
  const double cycle = std::floor(1 + static_cast<double>(last_epoch_) / total);
  return std::ldexp(1.0, -static_cast<int>((std::min)(cycle - 1, 2000.0)));
}

WICK_INLINE double CyclicLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  const double most = of_group("max_lr", options_.max_lr, group, rates.groups());
  const double rise = (most - base_lrs_[group]) * height();
  return base_lrs_[group] + detail::rounded(rise * scale());
}

WICK_INLINE void CyclicLR::set_others(detail::ScheduledRates& rates) const {
  if (!options_.cycle_momentum) return;
  for (std::size_t g = 0; g < rates.groups(); ++g) {
    const double least = of_group("base_momentum", options_.base_momentum, g, rates.groups());
    const double most = of_group("max_momentum", options_.max_momentum, g, rates.groups());
    rates.set_momentum(g, most - detail::rounded((most - least) * height() * scale()));
  }
}

WICK_INLINE OneCycleLR::OneCycleLR(const OneCycleLROptions& options) : SchedulerOf(options) {
  OneCycleLR::check_options();
}

WICK_INLINE void OneCycleLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("max_lr", options_.max_lr);
  fields("total_steps", options_.total_steps);
  fields("epochs", options_.epochs);
  fields("steps_per_epoch", options_.steps_per_epoch);
  fields("pct_start", options_.pct_start);
  fields("anneal_strategy", options_.anneal_strategy);
  fields("cycle_momentum", options_.cycle_momentum);
  fields("base_momentum", options_.base_momentum);
  fields("max_momentum", options_.max_momentum);
  fields("div_factor", options_.div_factor);
  fields("final_div_factor", options_.final_div_factor);
  fields("three_phase", options_.three_phase);
}

WICK_INLINE void OneCycleLR::check_options() const {
  const OneCycleLROptions& o = options_;
  constexpr std::int64_t most = std::int64_t{1} << 31;
  demand(o.total_steps >= 0,
         "Expected positive integer total_steps, but got " + std::to_string(o.total_steps));
  if (o.total_steps == 0) {
    demand(o.epochs != 0 && o.steps_per_epoch != 0,
           "You must define either total_steps OR (epochs AND steps_per_epoch)");
    demand(o.epochs > 0 && o.epochs < most,
           "Expected positive integer epochs, but got " + std::to_string(o.epochs));
    demand(o.steps_per_epoch > 0 && o.steps_per_epoch < most,
           "Expected positive integer steps_per_epoch, but got " + std::to_string(o.steps_per_epoch));
  }
  demand(o.pct_start >= 0 && o.pct_start <= 1,
         "Expected float between 0 and 1 pct_start, but got " + python_repr(o.pct_start));
  demand(o.anneal_strategy == "cos" || o.anneal_strategy == "linear",
         "anneal_strategy must be one of 'cos' or 'linear', instead got " + o.anneal_strategy);
  demand(o.div_factor > 0 && is_finite(o.div_factor),
         "div_factor must be a finite number > 0, got " + python_repr(o.div_factor));
  demand(o.final_div_factor > 0 && is_finite(o.final_div_factor),
         "final_div_factor must be a finite number > 0, got " + python_repr(o.final_div_factor));
}

WICK_INLINE void OneCycleLR::prepare(detail::ScheduledRates& rates, std::vector<double>& initial) {
  const std::size_t groups = rates.groups();
  demand(!options_.cycle_momentum || rates.has_momentum(),
         "optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
  initial.clear();
  for (std::size_t g = 0; g < groups; ++g) {
    initial.push_back(of_group("max_lr", options_.max_lr, g, groups) / options_.div_factor);
  }
  if (!options_.cycle_momentum) return;
  for (std::size_t g = 0; g < groups; ++g) {
    static_cast<void>(of_group("base_momentum", options_.base_momentum, g, groups));
    rates.set_momentum(g, of_group("max_momentum", options_.max_momentum, g, groups));
  }
}

WICK_INLINE double OneCycleLR::annealed(double first, double middle, double last) const {
  const auto total = static_cast<double>(total_steps());
  const double end = total - 1;
  const auto step = static_cast<double>(last_epoch_);
  struct Phase {
    double end, from, to;
  };
  const double rise = detail::rounded(options_.pct_start * total) - 1;
  const double fall = detail::rounded(2 * options_.pct_start * total) - 2;
  const std::array<Phase, 3> three{{{rise, first, middle}, {fall, middle, first}, {end, first, last}}};
  const std::array<Phase, 2> two{{{rise, first, middle}, {end, middle, last}}};
  const auto value = [&](const auto& phases) {
    double start = 0;
    for (std::size_t i = 0;; ++i) {
      const Phase& phase = phases[i];
      if (step > phase.end && i + 1 < phases.size()) {
        start = phase.end;
        continue;
      }
      const double part = (step - start) / (phase.end - start);
      if (options_.anneal_strategy == "linear") {
        return detail::rounded((phase.to - phase.from) * part) + phase.from;
      }
      const double cosine = detail::cosine(std::numbers::pi * part) + 1;
      return phase.to + detail::rounded((phase.from - phase.to) / 2.0 * cosine);
    }
  };
  return options_.three_phase ? value(three) : value(two);
}

WICK_INLINE double OneCycleLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  demand(last_epoch_ <= total_steps(), "Tried to step " + std::to_string(last_epoch_) +
                                           " times. The specified number of total steps is " +
                                           std::to_string(total_steps()));
  const double most = of_group("max_lr", options_.max_lr, group, rates.groups());
  const double first = most / options_.div_factor;
  return annealed(first, most, first / options_.final_div_factor);
}

WICK_INLINE void OneCycleLR::set_others(detail::ScheduledRates& rates) const {
  if (!options_.cycle_momentum) return;
  for (std::size_t g = 0; g < rates.groups(); ++g) {
    const double least = of_group("base_momentum", options_.base_momentum, g, rates.groups());
    const double most = of_group("max_momentum", options_.max_momentum, g, rates.groups());
    rates.set_momentum(g, annealed(most, least, most));
  }
}

#ifdef WICK_COMPILED
namespace detail {
template std::unique_ptr<LRScheduler> SchedulerOf<CyclicLR, CyclicLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<OneCycleLR, OneCycleLROptions>::clone() const;
}  // namespace detail
#endif

WICK_END_NAMESPACE
