#pragma once

// Schedulers that multiply the rate by simple factors.

#include <wick/optim/lr_scheduler.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct StepLROptions {
  std::int64_t step_size = 1;  ///< steps between changes, >= 1
  double gamma = 0.1;          ///< factor

  friend bool operator==(const StepLROptions&, const StepLROptions&) = default;
};

/// lr = lr * gamma every `step_size` steps.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
class StepLR final : public detail::SchedulerOf<StepLR, StepLROptions> {
 public:
  static constexpr const char* class_name = "StepLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  StepLR(Optimizer& optimizer, const StepLROptions& options) : StepLR(options) {
    start(optimizer);
  }
  explicit StepLR(const StepLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct MultiStepLROptions {
  std::vector<std::int64_t> milestones = {};  ///< numbers of steps
  double gamma = 0.1;                         ///< factor

  friend bool operator==(const MultiStepLROptions&, const MultiStepLROptions&) = default;
};

/// lr = lr * gamma at each of the milestones, twice at one that is there twice.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
class MultiStepLR final : public detail::SchedulerOf<MultiStepLR, MultiStepLROptions> {
 public:
  static constexpr const char* class_name = "MultiStepLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  MultiStepLR(Optimizer& optimizer, const MultiStepLROptions& options) : MultiStepLR(options) {
    start(optimizer);
  }
  explicit MultiStepLR(const MultiStepLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct ConstantLROptions {
  double factor = 1.0 / 3;       ///< in [0, 1]
  std::int64_t total_iters = 5;  ///< number of steps

  friend bool operator==(const ConstantLROptions&, const ConstantLROptions&) = default;
};

/// lr = initial lr * factor for the first `total_iters` steps.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
class ConstantLR final : public detail::SchedulerOf<ConstantLR, ConstantLROptions> {
 public:
  static constexpr const char* class_name = "ConstantLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  ConstantLR(Optimizer& optimizer, const ConstantLROptions& options) : ConstantLR(options) {
    start(optimizer);
  }
  explicit ConstantLR(const ConstantLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct LinearLROptions {
  double start_factor = 1.0 / 3;  ///< in (0, 1]
  double end_factor = 1;          ///< in [0, 1]
  std::int64_t total_iters = 5;   ///< number of steps, >= 1

  friend bool operator==(const LinearLROptions&, const LinearLROptions&) = default;
};

/// From initial lr * start_factor to initial lr * end_factor in `total_iters` equal steps.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
class LinearLR final : public detail::SchedulerOf<LinearLR, LinearLROptions> {
 public:
  static constexpr const char* class_name = "LinearLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  LinearLR(Optimizer& optimizer, const LinearLROptions& options) : LinearLR(options) {
    start(optimizer);
  }
  explicit LinearLR(const LinearLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct ExponentialLROptions {
  double gamma = 1;  ///< factor

  friend bool operator==(const ExponentialLROptions&, const ExponentialLROptions&) = default;
};

/// lr = lr * gamma at every step.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
class ExponentialLR final : public detail::SchedulerOf<ExponentialLR, ExponentialLROptions> {
 public:
  static constexpr const char* class_name = "ExponentialLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  ExponentialLR(Optimizer& optimizer, const ExponentialLROptions& options) : ExponentialLR(options) {
    start(optimizer);
  }
  explicit ExponentialLR(const ExponentialLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

struct PolynomialLROptions {
  std::int64_t total_iters = 5;  ///< number of steps, >= 1
  double power = 1;              ///< of what is left

  friend bool operator==(const PolynomialLROptions&, const PolynomialLROptions&) = default;
};

/// lr = initial lr * (1 - k / total_iters)^power, and 0 after `total_iters` steps.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
class PolynomialLR final : public detail::SchedulerOf<PolynomialLR, PolynomialLROptions> {
 public:
  static constexpr const char* class_name = "PolynomialLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  PolynomialLR(Optimizer& optimizer, const PolynomialLROptions& options) : PolynomialLR(options) {
    start(optimizer);
  }
  explicit PolynomialLR(const PolynomialLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  [[nodiscard]] double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
};

namespace detail {

/// What schedulers have in common whose factor is a function of the step.
template <class Scheduler, class Options>
class SchedulerByFunction : public SchedulerOf<Scheduler, Options> {
 protected:
  using SchedulerOf<Scheduler, Options>::SchedulerOf;

  [[nodiscard]] double factor(std::size_t group) const {
    const Options& o = this->options();
    return (o.lr_lambdas.empty() ? o.lr_lambda : o.lr_lambdas[group])(this->last_epoch());
  }
  void check_options() const override {
    const Options& o = this->options();
    bool given = o.lr_lambda != nullptr || !o.lr_lambdas.empty();
    for (const auto& f : o.lr_lambdas) given = given && f != nullptr;
    this->demand(given, "lr_lambda should be a function, but got none");
  }

 private:
  void prepare(ScheduledRates& rates, std::vector<double>& /*initial*/) override {
    const std::size_t count = this->options().lr_lambdas.size();
    this->demand(count == 0 || count == rates.groups(), "Expected " + std::to_string(rates.groups()) +
                                                            " lr_lambdas, but got " + std::to_string(count));
  }
};

}  // namespace detail

struct LambdaLROptions {
  std::function<double(std::int64_t)> lr_lambda = {};  ///< factor of a step; of all parameter groups
  std::vector<std::function<double(std::int64_t)>> lr_lambdas = {};  ///< one for each group instead
};

/// lr = initial lr * f(k) for step k, with a function of yours. It is no part of the state.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
class LambdaLR final : public detail::SchedulerByFunction<LambdaLR, LambdaLROptions> {
 public:
  static constexpr const char* class_name = "LambdaLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  LambdaLR(Optimizer& optimizer, const LambdaLROptions& options) : LambdaLR(options) {
    start(optimizer);
  }
  explicit LambdaLR(const LambdaLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
};

struct MultiplicativeLROptions {
  std::function<double(std::int64_t)> lr_lambda = {};  ///< factor of a step; of all parameter groups
  std::vector<std::function<double(std::int64_t)>> lr_lambdas = {};  ///< one for each group instead
};

/// lr = lr * f(k) at step k >= 1, with a function of yours. It is no part of the state.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
class MultiplicativeLR final : public detail::SchedulerByFunction<MultiplicativeLR, MultiplicativeLROptions> {
 public:
  static constexpr const char* class_name = "MultiplicativeLR";

  /// Throws OptionError for options out of range.
  template <ScheduledOptimizer Optimizer>
  MultiplicativeLR(Optimizer& optimizer, const MultiplicativeLROptions& options) : MultiplicativeLR(options) {
    start(optimizer);
  }
  explicit MultiplicativeLR(const MultiplicativeLROptions& options);

 private:
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/step_schedulers.ipp>
#endif
