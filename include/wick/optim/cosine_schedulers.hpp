#pragma once

// Schedulers along a cosine.

#include <wick/optim/lr_scheduler.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct CosineAnnealingLROptions {
  std::int64_t T_max = 1;  ///< steps of half a period, >= 1
  double eta_min = 0;      ///< the smallest rate

  friend bool operator==(const CosineAnnealingLROptions&, const CosineAnnealingLROptions&) = default;
};

/// From the initial lr to eta_min in `T_max` steps along half a cosine, then back, and so on:
///
///     lr = eta_min + (initial lr - eta_min) (1 + cos(pi k / T_max)) / 2
///
/// computed from the rate before as PyTorch does, so that it can be chained.
/// I. Loshchilov, F. Hutter, https://arxiv.org/abs/1608.03983;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
class CosineAnnealingLR final : public detail::SchedulerOf<CosineAnnealingLR, CosineAnnealingLROptions> {
 public:
  static constexpr const char* class_name = "CosineAnnealingLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  CosineAnnealingLR(Optimizer& optimizer, const CosineAnnealingLROptions& options)
      : CosineAnnealingLR(options) {
    start(optimizer);
  }
  explicit CosineAnnealingLR(const CosineAnnealingLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct CosineAnnealingWarmRestartsOptions {
  std::int64_t T_0 = 1;     ///< steps to the first restart, >= 1
  std::int64_t T_mult = 1;  ///< >= 1
  double eta_min = 0;       ///< the smallest rate

  friend bool operator==(const CosineAnnealingWarmRestartsOptions&,
                         const CosineAnnealingWarmRestartsOptions&) = default;
};

/// Half a cosine from the initial lr to eta_min, again and again, each `T_mult` times as long as the one
/// before:
///
///     lr = eta_min + (initial lr - eta_min) (1 + cos(pi T_cur / T_i)) / 2
///
/// I. Loshchilov, F. Hutter, https://arxiv.org/abs/1608.03983;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
class CosineAnnealingWarmRestarts final
    : public detail::SchedulerOf<CosineAnnealingWarmRestarts, CosineAnnealingWarmRestartsOptions> {
 public:
  static constexpr const char* class_name = "CosineAnnealingWarmRestarts";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  CosineAnnealingWarmRestarts(Optimizer& optimizer, const CosineAnnealingWarmRestartsOptions& options)
      : CosineAnnealingWarmRestarts(options) {
    start(optimizer);
  }
  explicit CosineAnnealingWarmRestarts(const CosineAnnealingWarmRestartsOptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  void prepare(detail::ScheduledRates& rates, std::vector<double>& initial) override;
  void advance(detail::ScheduledRates& rates) override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;

  std::int64_t T_cur_ = 0;
  std::int64_t T_i_ = 1;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/cosine_schedulers.ipp>
#endif
