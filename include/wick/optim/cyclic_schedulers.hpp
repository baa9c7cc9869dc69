#pragma once

// Schedulers that go up and down, and momentum down and up.

#include <wick/optim/lr_scheduler.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct CyclicLROptions {
  PerGroup base_lr = 1e-3;           ///< the smallest rate
  PerGroup max_lr = 1e-2;            ///< the largest one
  std::int64_t step_size_up = 2000;  ///< steps, >= 1
  std::int64_t step_size_down = 0;   ///< steps, >= 1; 0: as many as up
  std::string mode = "triangular";   ///< or "triangular2" or "exp_range"
  double gamma = 1;                  ///< of exp_range
  bool cycle_momentum = true;        ///< needs an optimizer with momentum or betas
  PerGroup base_momentum = 0.8;      ///< the smallest momentum
  PerGroup max_momentum = 0.9;       ///< the largest one

  friend bool operator==(const CyclicLROptions&, const CyclicLROptions&) = default;
};

/// Up from base_lr to max_lr in `step_size_up` steps and down in `step_size_down`, again and again, and
/// momentum (or the first of betas) the other way. `mode` says what the height is multiplied by: "triangular"
/// 1, "triangular2" 1/2 more in each cycle, "exp_range" gamma^k at step k. L. Smith,
/// https://arxiv.org/abs/1506.01186;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
class CyclicLR final : public detail::SchedulerOf<CyclicLR, CyclicLROptions> {
 public:
  static constexpr const char* class_name = "CyclicLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  CyclicLR(Optimizer& optimizer, const CyclicLROptions& options) : CyclicLR(options) {
    start(optimizer);
  }
  explicit CyclicLR(const CyclicLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  void set_others(detail::ScheduledRates& rates) const override;
  void prepare(detail::ScheduledRates& rates, std::vector<double>& initial) override;
  void begin(detail::ScheduledRates& rates, std::vector<double>& initial) override;
  [[nodiscard]] double height() const;
  [[nodiscard]] double scale() const;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct OneCycleLROptions {
  PerGroup max_lr = 0.1;                ///< the largest rate
  std::int64_t total_steps = 0;         ///< all steps, >= 1; or
  std::int64_t epochs = 0;              ///< so many times
  std::int64_t steps_per_epoch = 0;     ///< these
  double pct_start = 0.3;               ///< of the steps rise, in [0, 1]
  std::string anneal_strategy = "cos";  ///< or "linear"
  bool cycle_momentum = true;           ///< needs an optimizer with momentum or betas
  PerGroup base_momentum = 0.85;        ///< the smallest momentum
  PerGroup max_momentum = 0.95;         ///< the largest one
  double div_factor = 25;               ///< of the first rate
  double final_div_factor = 1e4;        ///< of the last rate
  bool three_phase = false;             ///< fall in two phases

  friend bool operator==(const OneCycleLROptions&, const OneCycleLROptions&) = default;
};

/// One rise from max_lr / div_factor to max_lr in `pct_start` of all steps, and a long fall to a
/// `final_div_factor`th of the first rate; momentum (or the first of betas) falls and rises. With three_phase
/// it falls to the first rate as fast as it rose, and from there to the last one. To go on after
/// `total_steps` throws OptionError. L. Smith, N. Topin, https://arxiv.org/abs/1708.07120;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
class OneCycleLR final : public detail::SchedulerOf<OneCycleLR, OneCycleLROptions> {
 public:
  static constexpr const char* class_name = "OneCycleLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options) : OneCycleLR(options) {
    start(optimizer);
  }
  explicit OneCycleLR(const OneCycleLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  void set_others(detail::ScheduledRates& rates) const override;
  void prepare(detail::ScheduledRates& rates, std::vector<double>& initial) override;
  /// From `first` over `middle` to `last`, as far as it is at this step.
  [[nodiscard]] double annealed(double first, double middle, double last) const;
  [[nodiscard]] std::int64_t total_steps() const noexcept {
    return options_.total_steps > 0 ? options_.total_steps : options_.epochs * options_.steps_per_epoch;
  }
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/cyclic_schedulers.ipp>
#endif
