#pragma once

// Definitions of optim/step_schedulers.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/detail/clone_scheduler.hpp>
#include <wick/optim/step_schedulers.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE StepLR::StepLR(const StepLROptions& options) : SchedulerOf(options) { StepLR::check_options(); }

WICK_INLINE void StepLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("step_size", options_.step_size);
  fields("gamma", options_.gamma);
}

WICK_INLINE void StepLR::check_options() const {
  demand(options_.step_size >= 1, "step_size must be >= 1, got " + std::to_string(options_.step_size));
  demand(is_finite(options_.gamma), "gamma must be finite, got " + python_repr(options_.gamma));
}

WICK_INLINE double StepLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  if (last_epoch_ == 0 || last_epoch_ % options_.step_size != 0) return rates.lr(group);
  return rates.lr(group) * options_.gamma;
}

WICK_INLINE double StepLR::rate_at_start(const detail::ScheduledRates& /*rates*/, std::size_t group) const {
  return base_lrs_[group];
}

WICK_INLINE MultiStepLR::MultiStepLR(const MultiStepLROptions& options) : SchedulerOf(options) {
  MultiStepLR::check_options();
}

WICK_INLINE void MultiStepLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("milestones", options_.milestones);
  fields("gamma", options_.gamma);
}

WICK_INLINE void MultiStepLR::check_options() const {
  demand(is_finite(options_.gamma), "gamma must be finite, got " + python_repr(options_.gamma));
}

WICK_INLINE double MultiStepLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  const auto times = std::ranges::count(options_.milestones, last_epoch_);
  if (times == 0) return rates.lr(group);
  return rates.lr(group) * detail::power(options_.gamma, static_cast<double>(times));
}

WICK_INLINE double MultiStepLR::rate_at_start(const detail::ScheduledRates& /*rates*/,
                                              std::size_t group) const {
  const auto passed = std::ranges::count_if(options_.milestones, [](std::int64_t m) { return m <= 0; });
  return base_lrs_[group] * detail::power(options_.gamma, static_cast<double>(passed));
}

WICK_INLINE ConstantLR::ConstantLR(const ConstantLROptions& options) : SchedulerOf(options) {
  ConstantLR::check_options();
}

WICK_INLINE void ConstantLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("factor", options_.factor);
  fields("total_iters", options_.total_iters);
}

WICK_INLINE void ConstantLR::check_options() const {
  demand(options_.factor >= 0 && options_.factor <= 1,
         "Constant multiplicative factor expected to be between 0 and 1, got " +
             python_repr(options_.factor) + ".");
}

WICK_INLINE double ConstantLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  if (last_epoch_ == 0) return rates.lr(group) * options_.factor;
  if (last_epoch_ != options_.total_iters) return rates.lr(group);
  return rates.lr(group) * (1.0 / options_.factor);
}

WICK_INLINE double ConstantLR::rate_at_start(const detail::ScheduledRates& /*rates*/,
                                             std::size_t group) const {
  return base_lrs_[group] *
         (0 >= options_.total_iters ? options_.factor + (1 - options_.factor) : options_.factor);
}

WICK_INLINE LinearLR::LinearLR(const LinearLROptions& options) : SchedulerOf(options) {
  LinearLR::check_options();
}

WICK_INLINE void LinearLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("start_factor", options_.start_factor);
  fields("end_factor", options_.end_factor);
  fields("total_iters", options_.total_iters);
}

WICK_INLINE void LinearLR::check_options() const {
  demand(options_.start_factor > 0 && options_.start_factor <= 1,
         "Starting multiplicative factor expected to be greater than 0 and less or equal to 1, got " +
             python_repr(options_.start_factor) + ".");
  demand(options_.end_factor >= 0 && options_.end_factor <= 1,
         "Ending multiplicative factor expected to be between 0 and 1, got " +
             python_repr(options_.end_factor) + ".");
  demand(options_.total_iters >= 1, "total_iters must be >= 1, got " + std::to_string(options_.total_iters));
}

WICK_INLINE double LinearLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  const LinearLROptions& o = options_;
  if (last_epoch_ == 0) return rates.lr(group) * o.start_factor;
  if (is_initial_ || last_epoch_ > o.total_iters) return rates.lr(group);
  const double change = o.end_factor - o.start_factor;
  const double from = detail::rounded(static_cast<double>(o.total_iters) * o.start_factor) +
                      detail::rounded(static_cast<double>(last_epoch_ - 1) * change);
  return rates.lr(group) * (1.0 + change / from);
}

WICK_INLINE double LinearLR::rate_at_start(const detail::ScheduledRates& /*rates*/, std::size_t group) const {
  return base_lrs_[group] * options_.start_factor;
}

WICK_INLINE ExponentialLR::ExponentialLR(const ExponentialLROptions& options) : SchedulerOf(options) {
  ExponentialLR::check_options();
}

WICK_INLINE void ExponentialLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("gamma", options_.gamma);
}

WICK_INLINE void ExponentialLR::check_options() const {
  demand(is_finite(options_.gamma), "gamma must be finite, got " + python_repr(options_.gamma));
}

WICK_INLINE double ExponentialLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  return is_initial_ ? rates.lr(group) : rates.lr(group) * options_.gamma;
}

WICK_INLINE double ExponentialLR::rate_at_start(const detail::ScheduledRates& /*rates*/,
                                                std::size_t group) const {
  return base_lrs_[group];
}

WICK_INLINE PolynomialLR::PolynomialLR(const PolynomialLROptions& options) : SchedulerOf(options) {
  PolynomialLR::check_options();
}

WICK_INLINE void PolynomialLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("total_iters", options_.total_iters);
  fields("power", options_.power);
}

WICK_INLINE void PolynomialLR::check_options() const {
  demand(options_.total_iters >= 1, "total_iters must be >= 1, got " + std::to_string(options_.total_iters));
  demand(is_finite(options_.power), "power must be finite, got " + python_repr(options_.power));
}

WICK_INLINE double PolynomialLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  if (is_initial_ || last_epoch_ > options_.total_iters) return rates.lr(group);
  const auto total = static_cast<double>(options_.total_iters);
  const double left = 1.0 - static_cast<double>(last_epoch_) / total;
  const double before = 1.0 - static_cast<double>(last_epoch_ - 1) / total;
  return rates.lr(group) * detail::power(left / before, options_.power);
}

WICK_INLINE double PolynomialLR::rate_at_start(const detail::ScheduledRates& /*rates*/,
                                               std::size_t group) const {
  return base_lrs_[group];
}

WICK_INLINE LambdaLR::LambdaLR(const LambdaLROptions& options) : SchedulerByFunction(options) {
  LambdaLR::check_options();
}

WICK_INLINE double LambdaLR::rate(const detail::ScheduledRates& /*rates*/, std::size_t group) const {
  return base_lrs_[group] * factor(group);
}

WICK_INLINE MultiplicativeLR::MultiplicativeLR(const MultiplicativeLROptions& options)
    : SchedulerByFunction(options) {
  MultiplicativeLR::check_options();
}

WICK_INLINE double MultiplicativeLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  return is_initial_ ? rates.lr(group) : rates.lr(group) * factor(group);
}

#ifdef WICK_COMPILED
namespace detail {
template std::unique_ptr<LRScheduler> SchedulerOf<StepLR, StepLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<MultiStepLR, MultiStepLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<ConstantLR, ConstantLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<LinearLR, LinearLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<ExponentialLR, ExponentialLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<PolynomialLR, PolynomialLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<LambdaLR, LambdaLROptions>::clone() const;
template std::unique_ptr<LRScheduler> SchedulerOf<MultiplicativeLR, MultiplicativeLROptions>::clone() const;
}  // namespace detail
#endif

WICK_END_NAMESPACE
