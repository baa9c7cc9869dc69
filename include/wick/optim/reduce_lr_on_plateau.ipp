#pragma once

// Definitions of optim/reduce_lr_on_plateau.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/state/attributes.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <variant>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void demand_of_plateau(bool ok, const std::string& what) {
  if (!ok) throw OptionError("ReduceLROnPlateau: " + what);
}

}  // namespace detail

WICK_INLINE void ReduceLROnPlateau::check_options() const {
  const ReduceLROnPlateauOptions& o = options_;
  detail::demand_of_plateau(o.factor < 1, "Factor should be < 1.0, got " + python_repr(o.factor) + ".");
  detail::demand_of_plateau(o.factor >= 0, "Factor should be >= 0, got " + python_repr(o.factor) + ".");
  detail::demand_of_plateau(o.mode == "min" || o.mode == "max",
                            "mode " + o.mode + " is unknown! Expected min or max");
  detail::demand_of_plateau(o.threshold_mode == "rel" || o.threshold_mode == "abs",
                            "threshold mode " + o.threshold_mode + " is unknown! Expected rel or abs");
  detail::demand_of_plateau(o.patience >= 0 && o.cooldown >= 0, "patience and cooldown must be >= 0, got " +
                                                                    std::to_string(o.patience) + " and " +
                                                                    std::to_string(o.cooldown));
}

WICK_INLINE void ReduceLROnPlateau::demand_groups(std::size_t groups) const {
  const std::size_t count = options_.min_lr.values().size();
  detail::demand_of_plateau(count == 1 || count == groups,
                            "expected " + std::to_string(groups) + " min_lrs, got " + std::to_string(count));
  detail::demand_of_plateau(last_lr_.empty() || last_lr_.size() == groups,
                            "the optimizer has " + std::to_string(groups) +
                                " parameter groups, that of the first step had " +
                                std::to_string(last_lr_.size()));
}

WICK_INLINE void ReduceLROnPlateau::reset() noexcept {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  best_ = options_.mode == "min" ? infinity : -infinity;
  num_bad_epochs_ = 0;
  cooldown_counter_ = 0;
}

WICK_INLINE bool ReduceLROnPlateau::is_better(double metric) const noexcept {
  const ReduceLROnPlateauOptions& o = options_;
  if (o.threshold_mode == "rel") {
    return o.mode == "min" ? metric < best_ * (1.0 - o.threshold) : metric > best_ * (o.threshold + 1.0);
  }
  return o.mode == "min" ? metric < best_ - o.threshold : metric > best_ + o.threshold;
}

WICK_INLINE void ReduceLROnPlateau::advance(detail::ScheduledRates& rates, double metric) {
  ++last_epoch_;
  if (is_better(metric)) {
    best_ = metric;
    num_bad_epochs_ = 0;
  } else {
    ++num_bad_epochs_;
  }
  if (cooldown_counter_ > 0) {
    --cooldown_counter_;
    num_bad_epochs_ = 0;
  }
  if (num_bad_epochs_ > options_.patience) {
    const auto& least = options_.min_lr.values();
    for (std::size_t g = 0; g < rates.groups(); ++g) {
      const double before = rates.lr(g);
      const double reduced =
          (std::max)(detail::rounded(before * options_.factor), least.size() == 1 ? least[0] : least[g]);
      if (before - reduced > options_.eps) rates.set_lr(g, reduced);
    }
    cooldown_counter_ = options_.cooldown;
    num_bad_epochs_ = 0;
  }
  last_lr_ = rates.lrs();
}

WICK_INLINE void ReduceLROnPlateau::transfer(detail::SchedulerFields& fields) {
  fields("mode", options_.mode);
  fields("factor", options_.factor);
  fields("patience", options_.patience);
  fields("threshold", options_.threshold);
  fields("threshold_mode", options_.threshold_mode);
  fields("cooldown", options_.cooldown);
  fields("min_lrs", options_.min_lr);
  fields("eps", options_.eps);
  fields("best", best_);
  fields("last_epoch", last_epoch_);
  fields("num_bad_epochs", num_bad_epochs_);
  fields("cooldown_counter", cooldown_counter_);
  fields("_last_lr", last_lr_);
}

WICK_INLINE Attributes ReduceLROnPlateau::state() const {
  Attributes state{{"type", std::string("ReduceLROnPlateau")}};
  detail::SchedulerFields fields("", state);
  ReduceLROnPlateau copy = *this;
  copy.transfer(fields);
  return state;
}

WICK_INLINE void ReduceLROnPlateau::load_state(const Attributes& state) {
  const Attribute* given = state.find("type");
  const std::string* type = given == nullptr ? nullptr : std::get_if<std::string>(given);
  detail::demand_of_plateau(type != nullptr && *type == "ReduceLROnPlateau",
                            "expected the state of ReduceLROnPlateau, got that of " +
                                (type == nullptr ? std::string("none") : *type));
  ReduceLROnPlateau loaded = *this;
  detail::SchedulerFields fields("", state, "ReduceLROnPlateau");
  loaded.transfer(fields);
  loaded.check_options();
  *this = std::move(loaded);
}

WICK_END_NAMESPACE
