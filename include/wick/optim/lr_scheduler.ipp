#pragma once

// Definitions of optim/lr_scheduler.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/optim/lr_scheduler.hpp>
#include <wick/state/attributes.hpp>

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE PerGroup::PerGroup(double all) : values_{all} {}
WICK_INLINE PerGroup::PerGroup(std::initializer_list<double> each) : values_(each) {}

namespace detail {

WICK_INLINE std::vector<double> ScheduledRates::lrs() const {
  std::vector<double> lrs;
  for (std::size_t g = 0; g < groups(); ++g) lrs.push_back(lr(g));
  return lrs;
}

WICK_INLINE SchedulerFields SchedulerFields::inside(const std::string& name) const {
  SchedulerFields part = *this;
  part.prefix_ += name + ".";
  return part;
}

template <class Value>
void SchedulerFields::transfer(const char* name, Value& value) {
  const std::string key = prefix_ + name;
  if (to_ != nullptr) return to_->set(key, value);
  const Attribute* given = from_->find(key);
  const Value* typed = given == nullptr ? nullptr : std::get_if<Value>(given);
  if (typed == nullptr) {
    throw OptionError(std::string(scheduler_) + "::load_state: \"" + key +
                      "\" is missing or of another type");
  }
  value = *typed;
}
WICK_INLINE void SchedulerFields::operator()(const char* name, double& value) { transfer(name, value); }
WICK_INLINE void SchedulerFields::operator()(const char* name, bool& value) { transfer(name, value); }
WICK_INLINE void SchedulerFields::operator()(const char* name, std::int64_t& value) { transfer(name, value); }
WICK_INLINE void SchedulerFields::operator()(const char* name, std::string& value) { transfer(name, value); }
WICK_INLINE void SchedulerFields::operator()(const char* name, std::vector<double>& value) {
  transfer(name, value);
}
WICK_INLINE void SchedulerFields::operator()(const char* name, std::vector<std::int64_t>& value) {
  transfer(name, value);
}
WICK_INLINE void SchedulerFields::operator()(const char* name, PerGroup& value) {
  std::vector<double> values = value.values();
  transfer(name, values);
  if (from_ != nullptr) value = PerGroup(std::move(values));
}

}  // namespace detail

WICK_INLINE Attributes LRScheduler::state() const {
  Attributes state;
  detail::SchedulerFields fields("", state);
  // Writing changes nothing; with a copy that is true for the compiler as well.
  clone()->transfer_with_type(fields);
  return state;
}

WICK_INLINE void LRScheduler::load_state(const Attributes& state) {
  const Attributes before = this->state();
  try {
    detail::SchedulerFields fields("", state, name());
    transfer_with_type(fields);
    check_options();
  } catch (...) {
    detail::SchedulerFields fields("", before, name());
    transfer_with_type(fields);
    throw;
  }
}

WICK_INLINE void LRScheduler::transfer_with_type(detail::SchedulerFields& fields) {
  std::string type = name();
  fields("type", type);
  demand(type == name(), std::string("expected the state of ") + name() + ", got that of " + type);
  transfer(fields);
}

WICK_INLINE void LRScheduler::transfer(detail::SchedulerFields& fields) {
  fields("last_epoch", last_epoch_);
  fields("_step_count", step_count_);
  fields("base_lrs", base_lrs_);
  fields("_last_lr", last_lr_);
}

WICK_INLINE void LRScheduler::begin(detail::ScheduledRates& rates, std::vector<double>& initial) {
  prepare(rates, initial);
  if (initial.empty()) initial = rates.lrs();
  base_lrs_ = initial;
  last_epoch_ = -1;
  set_first(rates);
}

WICK_INLINE void LRScheduler::prepare(detail::ScheduledRates& /*rates*/, std::vector<double>& /*initial*/) {}

WICK_INLINE void LRScheduler::set_others(detail::ScheduledRates& /*rates*/) const {}

WICK_INLINE void LRScheduler::set_first(detail::ScheduledRates& rates) {
  step_count_ = 1;
  last_epoch_ += 1;
  is_initial_ = true;
  try {
    set_rates(rates, false);
  } catch (...) {
    is_initial_ = false;
    throw;
  }
  is_initial_ = false;
}

WICK_INLINE void LRScheduler::advance(detail::ScheduledRates& rates) {
  ++step_count_;
  ++last_epoch_;
  set_rates(rates, false);
}

WICK_INLINE void LRScheduler::set_rates(detail::ScheduledRates& rates, bool at_start) {
  std::vector<double> values;
  for (std::size_t g = 0; g < rates.groups(); ++g) {
    values.push_back(at_start ? rate_at_start(rates, g) : rate(rates, g));
  }
  set_others(rates);
  for (std::size_t g = 0; g < values.size(); ++g) rates.set_lr(g, values[g]);
  last_lr_ = std::move(values);
}

WICK_INLINE void LRScheduler::demand(bool ok, const std::string& what) const {
  if (!ok) throw OptionError(std::string(name()) + ": " + what);
}

WICK_INLINE void LRScheduler::demand_started(std::size_t groups) const {
  if (last_lr_.empty()) {
    throw Error(std::string(name()) + "::step: this scheduler was made without an optimizer, as a part of " +
                "others; make it as " + name() + " scheduler(optimizer, ...)");
  }
  demand(last_lr_.size() == groups, "the optimizer has " + std::to_string(groups) +
                                        " parameter groups, that of the first step had " +
                                        std::to_string(last_lr_.size()));
}

WICK_INLINE double LRScheduler::of_group(const char* option, const PerGroup& values, std::size_t group,
                                         std::size_t groups) const {
  if (values.values().size() == 1) return values.values().front();
  demand(values.values().size() == groups, std::string(option) +
                                               " must have the same length as optimizer.param_groups. " +
                                               option + " has " + std::to_string(values.values().size()) +
                                               " values, param_groups has " + std::to_string(groups) + ".");
  return values.values()[group];
}

WICK_END_NAMESPACE
