#pragma once

// Schedulers that are made of others.

#include <wick/optim/lr_scheduler.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A scheduler of any class, as a value.
class AnyScheduler {
 public:
  explicit AnyScheduler(std::unique_ptr<LRScheduler> held) noexcept;
  AnyScheduler(const AnyScheduler& other);
  AnyScheduler(AnyScheduler&&) noexcept;
  AnyScheduler& operator=(const AnyScheduler& other);
  AnyScheduler& operator=(AnyScheduler&&) noexcept;
  ~AnyScheduler();

  [[nodiscard]] LRScheduler& operator*() const noexcept;
  [[nodiscard]] LRScheduler* operator->() const noexcept;

 private:
  std::unique_ptr<LRScheduler> held_;
};

}  // namespace detail

/// Steps all of its schedulers, one after the other, so that their factors multiply:
///
///     wick::ChainedScheduler scheduler(
///         optimizer, wick::ConstantLR({.factor = 0.1, .total_iters = 20}), wick::ExponentialLR({.gamma =
///         0.9}));
///
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
class ChainedScheduler final : public LRScheduler {
 public:
  /// Of schedulers that were made without an optimizer, in their order.
  template <ScheduledOptimizer Optimizer, std::derived_from<LRScheduler>... Parts>
  explicit ChainedScheduler(Optimizer& optimizer, Parts... parts) requires(sizeof...(Parts) > 0) {
    (parts_.emplace_back(std::make_unique<Parts>(std::move(parts))), ...);
    start(optimizer);
  }

  [[nodiscard]] const char* name() const noexcept override { return "ChainedScheduler"; }

 private:
  void begin(detail::ScheduledRates& rates, std::vector<double>& initial) override;
  void advance(detail::ScheduledRates& rates) override;
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
  [[nodiscard]] std::unique_ptr<LRScheduler> clone() const override;

  std::vector<detail::AnyScheduler> parts_;
};

/// One scheduler after the other: the second takes over at step milestones[0], and so on.
///
///     wick::SequentialLR scheduler(optimizer, {20}, wick::LinearLR({.total_iters = 20}),
///                                  wick::CosineAnnealingLR({.T_max = 80}));
///
/// Its parts are made of no others.
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
class SequentialLR final : public LRScheduler {
  template <class Part>
  static constexpr bool simple =
      std::is_base_of_v<LRScheduler, Part> && !std::is_same_v<Part, ChainedScheduler> &&
      !std::is_same_v<Part, SequentialLR>;

 public:
  /// Throws OptionError unless there is a milestone less than schedulers, and each is greater than the one
  /// before.
  template <ScheduledOptimizer Optimizer, class... Parts>
  SequentialLR(Optimizer& optimizer, std::vector<std::int64_t> milestones,
               Parts... parts) requires(sizeof...(Parts) > 0 && (simple<Parts> && ...))
      : milestones_(std::move(milestones)) {
    (parts_.emplace_back(std::make_unique<Parts>(std::move(parts))), ...);
    SequentialLR::check_options();
    start(optimizer);
  }

  [[nodiscard]] const char* name() const noexcept override { return "SequentialLR"; }

 private:
  void begin(detail::ScheduledRates& rates, std::vector<double>& initial) override;
  void advance(detail::ScheduledRates& rates) override;
  [[nodiscard]] double rate(const detail::ScheduledRates& rates, std::size_t group) const override;
  void transfer(detail::SchedulerFields& fields) override;
  void check_options() const override;
  [[nodiscard]] std::unique_ptr<LRScheduler> clone() const override;
  /// The number of the part whose turn it is.
  [[nodiscard]] std::size_t turn() const noexcept;

  std::vector<std::int64_t> milestones_;
  std::vector<detail::AnyScheduler> parts_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/composed_schedulers.ipp>
#endif
