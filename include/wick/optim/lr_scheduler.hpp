#pragma once

// What learning rate schedulers have in common.

#include <wick/state/attributes.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a scheduler asks of an optimizer: all of wick's have it. With several parameter groups each has its
/// own rate; one that knows no groups has `lr()` and `set_lr(rate)` alone.
template <class Optimizer>
concept ScheduledOptimizer = requires(Optimizer& optimizer, double rate) {
  { optimizer.lr() } -> std::convertible_to<double>;
  optimizer.set_lr(rate);
};

/// A number for all parameter groups, or one for each.
class PerGroup {
 public:
  /// The same for all.
  PerGroup(double all);  // NOLINT(google-explicit-constructor): .max_lr = 0.1
  /// One for each group, in their order.
  PerGroup(std::initializer_list<double> each);
  PerGroup(std::vector<double> each) : values_(std::move(each)) {}  // NOLINT(google-explicit-constructor)

  /// One, or one for each group.
  [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }
  friend bool operator==(const PerGroup&, const PerGroup&) = default;

 private:
  std::vector<double> values_;
};

namespace detail {

/// An optimizer as schedulers see it, whatever its class.
class ScheduledRates {
 public:
  ScheduledRates() = default;
  virtual ~ScheduledRates() = default;
  ScheduledRates(const ScheduledRates&) = delete;
  ScheduledRates& operator=(const ScheduledRates&) = delete;

  [[nodiscard]] virtual std::size_t groups() const = 0;
  [[nodiscard]] virtual double lr(std::size_t group) const = 0;
  virtual void set_lr(std::size_t group, double lr) = 0;
  [[nodiscard]] virtual bool has_momentum() const = 0;
  virtual void set_momentum(std::size_t group, double momentum) = 0;

  [[nodiscard]] std::vector<double> lrs() const;
};

template <class Optimizer>
class RatesOf final : public ScheduledRates {
  static constexpr bool grouped = requires(Optimizer & o) {
    o.groups();
    o.lr(std::size_t{0});
    o.set_lr(std::size_t{0}, 0.1);
  };
  static constexpr bool with_momentum = requires(Optimizer & o) { o.set_momentum(std::size_t{0}, 0.1); };

 public:
  explicit RatesOf(Optimizer& optimizer) : optimizer_(optimizer) {}

  [[nodiscard]] std::size_t groups() const override {
    if constexpr (grouped) {
      return optimizer_.groups();
    } else {
      return 1;
    }
  }
  [[nodiscard]] double lr(std::size_t group) const override {
    if constexpr (grouped) {
      return optimizer_.lr(group);
    } else {
      return static_cast<void>(group), optimizer_.lr();
    }
  }
  void set_lr(std::size_t group, double lr) override {
    if constexpr (grouped) {
      optimizer_.set_lr(group, lr);
    } else {
      static_cast<void>(group);
      optimizer_.set_lr(lr);
    }
  }
  [[nodiscard]] bool has_momentum() const override { return with_momentum; }
  void set_momentum(std::size_t group, double momentum) override {
    if constexpr (with_momentum) {
      optimizer_.set_momentum(group, momentum);
    } else {
      static_cast<void>(group);
      static_cast<void>(momentum);
    }
  }

 private:
  Optimizer& optimizer_;
};

class AnyScheduler;

/// Names and places of what a scheduler saves: `fields("gamma", gamma_)`, the same for both directions.
class SchedulerFields {
 public:
  /// Writes to `to`, behind `prefix`.
  SchedulerFields(std::string prefix, Attributes& to) : prefix_(std::move(prefix)), to_(&to) {}
  /// Reads; `scheduler` is for messages of what is missing.
  SchedulerFields(std::string prefix, const Attributes& from, const char* scheduler)
      : prefix_(std::move(prefix)), from_(&from), scheduler_(scheduler) {}

  void operator()(const char* name, double& value);
  void operator()(const char* name, bool& value);
  void operator()(const char* name, std::int64_t& value);
  void operator()(const char* name, std::string& value);
  void operator()(const char* name, std::vector<double>& value);
  void operator()(const char* name, std::vector<std::int64_t>& value);
  void operator()(const char* name, PerGroup& value);
  /// Of a part.
  [[nodiscard]] SchedulerFields inside(const std::string& name) const;

 private:
  template <class Value>
  void transfer(const char* name, Value& value);

  std::string prefix_;
  Attributes* to_ = nullptr;
  const Attributes* from_ = nullptr;
  const char* scheduler_ = "";
};

}  // namespace detail

/// Changes the learning rate of an optimizer from step to step:
///
///     wick::SGD optimizer(model.parameters(), {.lr = 0.1, .momentum = 0.9});
///     wick::StepLR scheduler(optimizer, {.step_size = 30, .gamma = 0.1});
///     for (int epoch = 0; epoch < 100; ++epoch) {
///       train_one_epoch();
///       scheduler.step(optimizer);
///     }
///
/// A scheduler is a value: it holds no optimizer, is given it at each step, and can be copied and moved. Made
/// with one, it sets the first rate at once, as in PyTorch; made without, it is a part for SequentialLR or
/// ChainedScheduler. The rates are PyTorch's, in double, and the same on every processor.
/// https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
class LRScheduler {
 public:
  virtual ~LRScheduler() = default;

  /// The next rate. Throws Error for a scheduler that was made without an optimizer, and OptionError for an
  /// optimizer with another number of parameter groups.
  template <ScheduledOptimizer Optimizer>
  void step(Optimizer& optimizer) {
    detail::RatesOf<Optimizer> rates(optimizer);
    demand_started(rates.groups());
    advance(rates);
  }
  /// The rates that were set last, of each parameter group; empty before the first.
  [[nodiscard]] const std::vector<double>& last_lr() const noexcept { return last_lr_; }
  /// Number of steps, without the first rate.
  [[nodiscard]] std::int64_t last_epoch() const noexcept { return last_epoch_; }

  /// Options and place, by PyTorch's names (`gamma`, `last_epoch`, ...).
  [[nodiscard]] Attributes state() const;
  /// Goes on from there; the optimizer has its rate from its own state. Throws OptionError for a state of
  /// another scheduler or one that it cannot have; the scheduler is unchanged then.
  void load_state(const Attributes& state);

  /// Name of the class.
  [[nodiscard]] virtual const char* name() const noexcept = 0;

 protected:
  LRScheduler() = default;
  LRScheduler(const LRScheduler&) = default;
  LRScheduler(LRScheduler&&) noexcept = default;
  LRScheduler& operator=(const LRScheduler&) = default;
  LRScheduler& operator=(LRScheduler&&) noexcept = default;

  template <ScheduledOptimizer Optimizer>
  void start(Optimizer& optimizer) {
    detail::RatesOf<Optimizer> rates(optimizer);
    std::vector<double> initial;
    begin(rates, initial);
  }

  // For those that are made of others.
  friend class ChainedScheduler;
  friend class SequentialLR;
  friend class detail::AnyScheduler;

  /// Sets the first rate. `initial` are the initial rates, as long as there are any.
  virtual void begin(detail::ScheduledRates& rates, std::vector<double>& initial);
  /// Before the first rate: what the optimizer gets, and other initial rates.
  virtual void prepare(detail::ScheduledRates& rates, std::vector<double>& initial);
  virtual void advance(detail::ScheduledRates& rates);
  /// The rate of a group at last_epoch().
  [[nodiscard]] virtual double rate(const detail::ScheduledRates& rates, std::size_t group) const = 0;
  /// The same when a sequence comes to this scheduler.
  [[nodiscard]] virtual double rate_at_start(const detail::ScheduledRates& rates, std::size_t group) const {
    return rate(rates, group);
  }
  /// After the rates, what else follows a schedule.
  virtual void set_others(detail::ScheduledRates& rates) const;
  /// All that is saved.
  virtual void transfer(detail::SchedulerFields& fields);
  /// With the name of the class, as a part of others is saved.
  void transfer_with_type(detail::SchedulerFields& fields);
  /// Throws OptionError for options out of range.
  virtual void check_options() const = 0;
  [[nodiscard]] virtual std::unique_ptr<LRScheduler> clone() const = 0;

  void set_first(detail::ScheduledRates& rates);
  void set_rates(detail::ScheduledRates& rates, bool at_start);
  void demand_started(std::size_t groups) const;
  void demand(bool ok, const std::string& what) const;
  [[nodiscard]] double of_group(const char* option, const PerGroup& values, std::size_t group,
                                std::size_t groups) const;

  // NOLINTBEGIN(*-non-private-member-variables-in-classes): every scheduler counts on with them
  std::int64_t last_epoch_ = -1;
  std::int64_t step_count_ = 0;
  bool is_initial_ = false;
  std::vector<double> base_lrs_;
  std::vector<double> last_lr_;
  // NOLINTEND(*-non-private-member-variables-in-classes)
};

namespace detail {

/// What schedulers with options have in common; `Scheduler` has its `class_name`.
template <class Scheduler, class Options>
class SchedulerOf : public LRScheduler {
 public:
  /// What it was made with.
  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] const char* name() const noexcept override { return Scheduler::class_name; }

 protected:
  explicit SchedulerOf(Options options) : options_(std::move(options)) {}

  Options options_;  // NOLINT(*-non-private-member-variables-in-classes): as above

 private:
  [[nodiscard]] std::unique_ptr<LRScheduler> clone() const override;
};

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/lr_scheduler.ipp>
#endif
