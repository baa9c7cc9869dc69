#pragma once

// Definitions of optim/composed_schedulers.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/optim/composed_schedulers.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE AnyScheduler::AnyScheduler(const AnyScheduler& other)
    : held_(other.held_ == nullptr ? nullptr : other.held_->clone()) {}
WICK_INLINE AnyScheduler::AnyScheduler(std::unique_ptr<LRScheduler> held) noexcept : held_(std::move(held)) {}
WICK_INLINE AnyScheduler::AnyScheduler(AnyScheduler&&) noexcept = default;
WICK_INLINE AnyScheduler& AnyScheduler::operator=(const AnyScheduler& other) {
  return *this = AnyScheduler(other);
}
WICK_INLINE AnyScheduler& AnyScheduler::operator=(AnyScheduler&&) noexcept = default;
WICK_INLINE AnyScheduler::~AnyScheduler() = default;
WICK_INLINE LRScheduler& AnyScheduler::operator*() const noexcept { return *held_; }
WICK_INLINE LRScheduler* AnyScheduler::operator->() const noexcept { return held_.get(); }

}  // namespace detail

WICK_INLINE void ChainedScheduler::begin(detail::ScheduledRates& rates, std::vector<double>& initial) {
  for (const auto& part : parts_) part->begin(rates, initial);
  base_lrs_ = initial;
  last_epoch_ = 0;
  step_count_ = 1;
  last_lr_ = rates.lrs();
}

WICK_INLINE void ChainedScheduler::advance(detail::ScheduledRates& rates) {
  for (const auto& part : parts_) part->advance(rates);
  ++last_epoch_;
  ++step_count_;
  last_lr_ = rates.lrs();
}

WICK_INLINE double ChainedScheduler::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  return rates.lr(group);
}

WICK_INLINE void ChainedScheduler::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    detail::SchedulerFields part = fields.inside("_schedulers." + std::to_string(i));
    parts_[i]->transfer_with_type(part);
  }
}

WICK_INLINE void ChainedScheduler::check_options() const {
  for (const auto& part : parts_) part->check_options();
}

WICK_INLINE std::size_t SequentialLR::turn() const noexcept {
  return static_cast<std::size_t>(std::ranges::upper_bound(milestones_, last_epoch_) - milestones_.begin());
}

// All parts are begun, as they are in Python before the sequence knows them, and all but the first taken
// back.
WICK_INLINE void SequentialLR::begin(detail::ScheduledRates& rates, std::vector<double>& initial) {
  for (const auto& part : parts_) part->begin(rates, initial);
  base_lrs_ = initial;
  for (std::size_t g = 0; g < rates.groups(); ++g) rates.set_lr(g, initial[g]);
  for (const auto& part : parts_) part->last_epoch_ = -1;
  last_epoch_ = 0;
  step_count_ = 1;
  parts_[turn()]->set_first(rates);
  last_lr_ = rates.lrs();
}

WICK_INLINE void SequentialLR::advance(detail::ScheduledRates& rates) {
  ++last_epoch_;
  ++step_count_;
  const std::size_t now = turn();
  LRScheduler& part = *parts_[now];
  if (now > 0 && milestones_[now - 1] == last_epoch_) {
    part.last_epoch_ = 0;
    part.set_rates(rates, true);
  } else {
    part.advance(rates);
  }
  last_lr_ = rates.lrs();
}

WICK_INLINE double SequentialLR::rate(const detail::ScheduledRates& rates, std::size_t group) const {
  return rates.lr(group);
}

WICK_INLINE void SequentialLR::transfer(detail::SchedulerFields& fields) {
  LRScheduler::transfer(fields);
  fields("_milestones", milestones_);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    detail::SchedulerFields part = fields.inside("_schedulers." + std::to_string(i));
    parts_[i]->transfer_with_type(part);
  }
}

WICK_INLINE void SequentialLR::check_options() const {
  demand(milestones_.size() + 1 == parts_.size(),
         "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
         "milestone points, but got number of schedulers " +
             std::to_string(parts_.size()) + " and the number of milestones to be equal to " +
             std::to_string(milestones_.size()));
  demand(std::ranges::is_sorted(milestones_), "the milestones must be in ascending order");
  for (const auto& part : parts_) part->check_options();
}

WICK_INLINE std::unique_ptr<LRScheduler> ChainedScheduler::clone() const {
  return std::make_unique<ChainedScheduler>(*this);
}
WICK_INLINE std::unique_ptr<LRScheduler> SequentialLR::clone() const {
  return std::make_unique<SequentialLR>(*this);
}

WICK_END_NAMESPACE
