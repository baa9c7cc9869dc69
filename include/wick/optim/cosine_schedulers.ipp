#pragma once

// Definitions of optim/cosine_schedulers.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/cosine_schedulers.hpp>
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

WICK_INLINE CosineAnnealingLR::CosineAnnealingLR(const CosineAnnealingLROptions& options)
    : SchedulerOf(options) {
  CosineAnnealingLR::check_options();
}

WICK_INLINE void CosineAnnealingLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("T_max", options_.T_max);
  fields("eta_min", options_.eta_min);
}

WICK_INLINE void CosineAnnealingLR::check_options() const {
  demand(options_.T_max >= 1, "T_max must be >= 1, got " + std::to_string(options_.T_max));
  demand(is_finite(options_.eta_min), "eta_min must be finite, got " + python_repr(options_.eta_min));
}

WICK_INLINE double CosineAnnealingLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  if (is_initial_) return rates.lr(group);
  const double pi = std::numbers::pi;
  const auto period = static_cast<double>(options_.T_max);
  const double least = options_.eta_min;
  const auto step = static_cast<double>(last_epoch_);
  if (step_count_ == 1 && last_epoch_ > 0) {
    return least + detail::rounded((base_lrs_[group] - least) * (1 + detail::cosine(step * pi / period)) / 2);
  }
  if ((last_epoch_ - 1 - options_.T_max) % (2 * options_.T_max) == 0) {
    return rates.lr(group) +
           detail::rounded((base_lrs_[group] - least) * (1 - detail::cosine(pi / period)) / 2);
  }
  const double now = 1 + detail::cosine(pi * step / period);
  const double before = 1 + detail::cosine(pi * (step - 1) / period);
  return detail::rounded(now / before * (rates.lr(group) - least)) + least;
}

WICK_INLINE double CosineAnnealingLR::rate_at_start(const detail::ScheduledRates& /*rates*/,
                                                    std::size_t group) const {
  return options_.eta_min + (base_lrs_[group] - options_.eta_min) * 2 / 2;
}

WICK_INLINE CosineAnnealingWarmRestarts::CosineAnnealingWarmRestarts(
    const CosineAnnealingWarmRestartsOptions& options)
    : SchedulerOf(options) {
  CosineAnnealingWarmRestarts::check_options();
}

WICK_INLINE void CosineAnnealingWarmRestarts::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("T_0", options_.T_0);
  fields("T_mult", options_.T_mult);
  fields("eta_min", options_.eta_min);
  fields("T_cur", T_cur_);
  fields("T_i", T_i_);
}

WICK_INLINE void CosineAnnealingWarmRestarts::check_options() const {
  demand(options_.T_0 >= 1, "Expected positive integer T_0, but got " + std::to_string(options_.T_0));
  demand(options_.T_mult >= 1, "Expected integer T_mult >= 1, but got " + std::to_string(options_.T_mult));
  demand(is_finite(options_.eta_min), "eta_min must be finite, got " + python_repr(options_.eta_min));
  demand(T_i_ >= 1 && T_cur_ >= 0,
         "T_i must be >= 1 and T_cur >= 0, got " + std::to_string(T_i_) + " and " + std::to_string(T_cur_));
}

WICK_INLINE void CosineAnnealingWarmRestarts::prepare(detail::ScheduledRates& /*rates*/,
                                                      std::vector<double>& /*initial*/) {
  T_cur_ = 0;
  T_i_ = options_.T_0;
}

WICK_INLINE void CosineAnnealingWarmRestarts::advance(detail::ScheduledRates& rates) {
  ++last_epoch_;
  ++T_cur_;
  if (T_cur_ >= T_i_) {
    T_cur_ %= T_i_;
    constexpr std::int64_t most = (std::numeric_limits<std::int64_t>::max)();
    T_i_ = T_i_ > most / options_.T_mult ? most : T_i_ * options_.T_mult;
  }
  set_rates(rates, false);
}

WICK_INLINE double CosineAnnealingWarmRestarts::rate(const detail::ScheduledRates& /*rates*/,
                                                     std::size_t group) const {
  const double angle = std::numbers::pi * static_cast<double>(T_cur_) / static_cast<double>(T_i_);
  return options_.eta_min +
         detail::rounded((base_lrs_[group] - options_.eta_min) * (1 + detail::cosine(angle)) / 2);
}

#ifdef WICK_COMPILED
namespace detail {
template std::unique_ptr<LRScheduler> SchedulerOf<CosineAnnealingLR, CosineAnnealingLROptions>::clone() const;
template std::unique_ptr<LRScheduler>
SchedulerOf<CosineAnnealingWarmRestarts, CosineAnnealingWarmRestartsOptions>::clone() const;
}  // namespace detail
#endif

WICK_END_NAMESPACE
