#pragma once

// An optimizer that moves each number by a rule of its own gradient, value and state: all but LBFGS. Whoever
// instantiates one includes optim/detail/rule_steps.hpp, as the definitions of each rule do.

#include <wick/base/thread_pool.hpp>
#include <wick/optim/detail/optimizer_core.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What a rule needs beside the tensors that are kept, if it has a class `Work`.
template <class Rule>
struct WorkOf {
  struct Type {};
};
template <class Rule>
requires requires { typename Rule::Work; }
struct WorkOf<Rule> {
  using Type = typename Rule::Work;
};

/// What a rule keeps from step to step beside what is saved, if it has a class `Memory`.
template <class Rule>
struct MemoryOf {
  struct Type {};
};
template <class Rule>
requires requires { typename Rule::Memory; }
struct MemoryOf<Rule> {
  using Type = typename Rule::Memory;
};

/// What a class of optimizers has in common with all others. `Rule` has
///
/// - `Options`, a struct with `lr`, and `validate(options)`, which throws OptionError;
/// - `tensors`, `numbers` and `kind`, what it keeps of each parameter;
/// - `attributes(options)` and `read(reader)`: options as they are saved;
/// - `used(options)`, a bit for each of the tensors, and `counts(options)`, whether a step is to be counted;
/// - `Scalars<T>`, what a step multiplies by, and `scalars<T>(options, k, numbers)`, those of step k = 1, 2,
///   ... of a parameter, which may change its numbers; `scalars<T>(options, k, numbers, memory)` if there is
///   a class `Memory`, on whose contents no result depends;
/// - `update(scalars, n, gradients, values, tensors)`: a step over n numbers of one parameter, a multiple of
///   what a vector holds. It leaves zeros where gradient, value and tensors are zero, or NaN if eps is 0. If
///   `takes_whole_parameters` is there, it gets a shape in place of n, and a parameter as a whole. If there
///   is a class `Work`, parameters follow one another, and a step of each shares its work out to a pool: it
///   gets
///   `(scalars, shape, gradients, values, tensors, work, pool)` and may throw std::bad_alloc.
template <Floating T, class Rule>
class RuleOptimizer {
 public:
  /// What it is made with.
  using Options = typename Rule::Options;

  /// Those of the first parameter group.
  [[nodiscard]] const Options& options() const noexcept { return first_; }
  /// Throws IndexError for a group that is not there.
  [[nodiscard]] const Options& options(std::size_t group) const {
    core_.demand_group(group);
    return group == 0 ? first_ : others_[group - 1];
  }
  /// Number of parameter groups.
  [[nodiscard]] std::size_t groups() const noexcept { return core_.groups(); }

  /// The step size, of the first parameter group or of another. Throws IndexError for a group that is not
  /// there.
  [[nodiscard]] double lr() const noexcept { return first_.lr; }
  [[nodiscard]] double lr(std::size_t group) const { return options(group).lr; }
  /// Changes the step size of all groups, or of one, from the next step on. Throws OptionError, and
  /// IndexError for a group that is not there.
  void set_lr(double lr) {
    demand_lr(first_, lr);
    first_.lr = lr;
    for (Options& o : others_) o.lr = lr;
  }
  void set_lr(std::size_t group, double lr) {
    Options& o = options_of(group);
    demand_lr(o, lr);
    o.lr = lr;
  }
  // Clang 14 instantiates both with the class even if its options have neither, hence the last branches.

  /// `momentum`, or the first of `betas`: what CyclicLR and OneCycleLR move against the step size. Throws as
  /// set_lr().
  [[nodiscard]] double momentum(std::size_t group) const requires(
      requires(const Options& o) { o.momentum; } || requires(const Options& o) { o.betas; }) {
    if constexpr (requires(const Options& o) { o.betas; }) {
      return options(group).betas.first;
    } else if constexpr (requires(const Options& o) { o.momentum; }) {
      return options(group).momentum;
    } else {
      return 0;
    }
  }
  /// Changes it from the next step on.
  void set_momentum(std::size_t group, double momentum) requires(
      requires(const Options& o) { o.momentum; } || requires(const Options& o) { o.betas; }) {
    Options changed = options(group);
    if constexpr (requires { changed.betas; }) {
      changed.betas.first = momentum;
    } else if constexpr (requires { changed.momentum; }) {
      changed.momentum = momentum;
    }
    Rule::validate(changed);
    options_of(group) = changed;
  }

  /// The groups of a state, for an optimizer that is to go on from it; their options are not read. None where
  /// it has one group of all parameters.
  [[nodiscard]] static std::vector<ParameterGroup<Options>> groups_in(const OptimizerState& state) {
    std::vector<ParameterGroup<Options>> groups;
    for (const OptimizerGroup& group : state.groups) groups.emplace_back(group.parameters, Options());
    return groups;
  }

  /// The parameters by name, values and gradients.
  [[nodiscard]] const std::shared_ptr<ParameterBlock<T>>& parameters() const& { return core_.parameters(); }
  [[nodiscard]] std::shared_ptr<ParameterBlock<T>> parameters() const&& { return core_.parameters(); }
  /// Number of steps taken by the parameter that took the most.
  [[nodiscard]] std::int64_t steps() const noexcept requires(Rule::kind.counts_steps) {
    return core_.steps();
  }

  /// Sets all gradients to zero.
  void zero_grad() { core_.block().zero_grad(); }

  /// Updates every parameter that has a new gradient. Allocates at the first call only.
  ///
  /// A parameter without a new gradient (see ParameterBlock::has_new_grad()) takes no step: it stays as it
  /// is, weight decay included, with its state; so does a frozen one, and one that is in no group.
  ///
  /// Throws Error, and changes nothing, when no gradient was written since the gradients were allocated or
  /// set to zero: backward() was not called, or by a model with other parameters.
  void step();

  /// Everything needed to go on: options, groups, steps, and the tensors `<parameter>.<state>` of each
  /// parameter that took a step, with `<parameter>.step` where not all of these took as many.
  [[nodiscard]] OptimizerState state() const;

  /// Takes over a state, options included. Throws OptionError for another optimizer, bad options, parameter
  /// groups with other parameters than these, numbers of steps out of range, and tensors that no step leaves
  /// (NaN, infinite, squares below zero), and StateDictError for tensors that do not fit these parameters;
  /// the optimizer is unchanged then.
  void load_state(const OptimizerState& state);

 protected:
  RuleOptimizer(std::shared_ptr<ParameterBlock<T>> parameters, const Options& options, ThreadPool* pool);
  /// Without groups: one of all parameters, with the defaults.
  RuleOptimizer(std::shared_ptr<ParameterBlock<T>> parameters, const ParameterGroup<Options>* groups,
                std::size_t count, ThreadPool* pool)
      : RuleOptimizer(std::move(parameters), std::span<const ParameterGroup<Options>>(groups, count), pool) {}
  ~RuleOptimizer() = default;
  RuleOptimizer(const RuleOptimizer&) = default;
  RuleOptimizer(RuleOptimizer&&) noexcept = default;
  RuleOptimizer& operator=(const RuleOptimizer&) = default;
  RuleOptimizer& operator=(RuleOptimizer&&) noexcept = default;

 private:
  RuleOptimizer(std::shared_ptr<ParameterBlock<T>> parameters,
                std::span<const ParameterGroup<Options>> groups, ThreadPool* pool);

  using Scalars = typename Rule::template Scalars<T>;
  static constexpr std::size_t stays = (std::numeric_limits<std::size_t>::max)();

  static const OptimizerKind& checked_kind(std::span<const ParameterGroup<Options>> groups) {
    for (const auto& group : groups) Rule::validate(group.options);
    return Rule::kind;
  }
  static std::vector<std::vector<std::string>> paths_of(std::span<const ParameterGroup<Options>> groups) {
    std::vector<std::vector<std::string>> paths;
    for (const auto& group : groups) paths.push_back(group.paths);
    return paths;
  }
  static void demand_lr(Options o, double lr) {
    o.lr = lr;
    Rule::validate(o);
  }
  [[nodiscard]] const Options& option(std::size_t group) const noexcept {
    return group == 0 ? first_ : others_[group - 1];
  }
  [[nodiscard]] Options& options_of(std::size_t group) {
    core_.demand_group(group);
    return group == 0 ? first_ : others_[group - 1];
  }

  void clear_gaps_after_division(T* values) const noexcept;

  /// Counts the step of each parameter that takes one.
  void count_steps();

  Options first_;                ///< of the first group
  std::vector<Options> others_;  ///< of the others
  OptimizerCore<T> core_;
  std::vector<Scalars> scalars_;         ///< of this step, for the different groups and numbers of steps
  std::vector<std::size_t> scalars_of_;  ///< which of these for each parameter, or `stays`
  [[no_unique_address]] typename WorkOf<Rule>::Type work_;
  [[no_unique_address]] typename MemoryOf<Rule>::Type memory_;
};

}  // namespace detail

WICK_END_NAMESPACE
