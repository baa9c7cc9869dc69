#pragma once

// ReduceLROnPlateau.

#include <wick/optim/lr_scheduler.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct ReduceLROnPlateauOptions {
  std::string mode = "min";            ///< what is good about a metric: "min" or "max"
  double factor = 0.1;                 ///< lr = lr * factor, < 1
  std::int64_t patience = 10;          ///< so many steps without progress are allowed, >= 0
  double threshold = 1e-4;             ///< less is no progress
  std::string threshold_mode = "rel";  ///< of the best so far, "rel", or "abs"
  std::int64_t cooldown = 0;           ///< steps after a reduction that do not count, >= 0
  PerGroup min_lr = 0;                 ///< the smallest rate
  double eps = 1e-8;                   ///< a reduction by less is not made

  friend bool operator==(const ReduceLROnPlateauOptions&, const ReduceLROnPlateauOptions&) = default;
};

/// Reduces the learning rate when a metric has stopped getting better:
///
///     wick::ReduceLROnPlateau scheduler(optimizer, {.factor = 0.5, .patience = 5});
///     ...
///     scheduler.step(optimizer, validation_loss);  // after each epoch
///
/// A NaN is no progress. A value, as LRScheduler is; it cannot be part of a sequence.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
class ReduceLROnPlateau {
 public:
  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  explicit ReduceLROnPlateau(Optimizer& optimizer, ReduceLROnPlateauOptions options = {})
      : options_(std::move(options)) {
    check_options();
    const detail::RatesOf<Optimizer> rates(optimizer);
    demand_groups(rates.groups());
    reset();
    last_lr_ = rates.lrs();
  }

  /// Takes in a metric, and reduces the rates if it has not got better for long. Throws OptionError for an
  /// optimizer with another number of parameter groups.
  template <ScheduledOptimizer Optimizer>
  void step(Optimizer& optimizer, double metric) {
    detail::RatesOf<Optimizer> rates(optimizer);
    demand_groups(rates.groups());
    advance(rates, metric);
  }

  /// What it was made with.
  [[nodiscard]] const ReduceLROnPlateauOptions& options() const noexcept { return options_; }
  /// The rates after the last step.
  [[nodiscard]] const std::vector<double>& last_lr() const noexcept { return last_lr_; }
  /// Number of steps.
  [[nodiscard]] std::int64_t last_epoch() const noexcept { return last_epoch_; }
  /// The best metric so far.
  [[nodiscard]] double best() const noexcept { return best_; }

  /// Options and place, by PyTorch's names.
  [[nodiscard]] Attributes state() const;
  /// Goes on from there. Throws OptionError for a state of another scheduler or one that it cannot have; this
  /// one is unchanged then.
  void load_state(const Attributes& state);

 private:
  void check_options() const;
  void demand_groups(std::size_t groups) const;
  void reset() noexcept;
  void advance(detail::ScheduledRates& rates, double metric);
  [[nodiscard]] bool is_better(double metric) const noexcept;
  void transfer(detail::SchedulerFields& fields);

  ReduceLROnPlateauOptions options_;
  double best_ = 0;
  std::int64_t last_epoch_ = 0;
  std::int64_t num_bad_epochs_ = 0;
  std::int64_t cooldown_counter_ = 0;
  std::vector<double> last_lr_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/reduce_lr_on_plateau.ipp>
#endif
