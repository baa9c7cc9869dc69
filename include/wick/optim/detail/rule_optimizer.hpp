#pragma once

// An optimizer that moves each number by a rule of its own gradient, value and state: all but LBFGS.

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

/// What a class of optimizers has in common with all others. `Rule` has
///
/// - `Options`, a struct with `lr`, and `validate(options)`, which throws OptionError;
/// - `tensors`, `numbers` and `kind`, what it keeps of each parameter;
/// - `attributes(options)` and `read(reader)`: options as they are saved;
/// - `used(options)`, a bit for each of the tensors, and `counts(options)`, whether a step is to be counted;
/// - `Scalars<T>`, what a step multiplies by, and `scalars<T>(options, k, numbers)`, those of step k = 1, 2,
///   ... of a parameter, which may change its numbers;
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
  /// `momentum`, or the first of `betas`: what CyclicLR and OneCycleLR move against the step size. Throws as
  /// set_lr().
  [[nodiscard]] double momentum(std::size_t group) const requires(
      requires(const Options& o) { o.momentum; } || requires(const Options& o) { o.betas; }) {
    if constexpr (requires(const Options& o) { o.betas; }) {
      return options(group).betas.first;
    } else {
      return options(group).momentum;
    }
  }
  /// Changes it from the next step on.
  void set_momentum(std::size_t group, double momentum) requires(
      requires(const Options& o) { o.momentum; } || requires(const Options& o) { o.betas; }) {
    Options changed = options(group);
    if constexpr (requires { changed.betas; }) {
      changed.betas.first = momentum;
    } else {
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
  RuleOptimizer(std::shared_ptr<ParameterBlock<T>> parameters,
                std::span<const ParameterGroup<Options>> groups, ThreadPool* pool);
  ~RuleOptimizer() = default;
  RuleOptimizer(const RuleOptimizer&) = default;
  RuleOptimizer(RuleOptimizer&&) noexcept = default;
  RuleOptimizer& operator=(const RuleOptimizer&) = default;
  RuleOptimizer& operator=(RuleOptimizer&&) noexcept = default;

 private:
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
};

// Not inline, so that wick::compiled has them once for its optimizers.

template <Floating T, class Rule>
void RuleOptimizer<T, Rule>::step() {
  ParameterBlock<T>& parameters = core_.block();
  unsigned used = 0;
  for (std::size_t g = 0; g < groups(); ++g) used |= Rule::used(option(g));
  core_.begin_step(used);
  // Taken once: threads must not ask for them, each at the time it likes.
  T* const values = parameters.values().data();
  const T* const grads = std::as_const(parameters).grads().data();
  count_steps();
  const auto state_at = [&](Index offset) {
    std::array<T*, Rule::tensors.size()> state{};
    for (std::size_t t = 0; t < state.size(); ++t) {
      T* const all = core_.tensor(t);
      state[t] = all == nullptr ? nullptr : all + offset;
    }
    return state;
  };
  if constexpr (requires { typename Rule::Work; }) {
    for (const auto& e : std::as_const(parameters).entries()) {
      const std::size_t which = scalars_of_[e.slot.number];
      if (which == stays) continue;
      const Index at = e.slot.offset;
      Rule::template update<T>(scalars_[which], e.slot.shape, grads + at, values + at, state_at(at), work_,
                               core_.pool());
    }
  } else if constexpr (requires { Rule::takes_whole_parameters; }) {
    const auto entries = std::as_const(parameters).entries();
    parallel_for(core_.pool(), static_cast<Index>(entries.size()), [&](Index i) {
      const auto& slot = entries[static_cast<std::size_t>(i)].slot;
      const std::size_t which = scalars_of_[slot.number];
      if (which == stays) return;
      Rule::template update<T>(scalars_[which], slot.shape, grads + slot.offset, values + slot.offset,
                               state_at(slot.offset));
    });
  } else {
    const std::span<const typename OptimizerCore<T>::Task> tasks = core_.tasks();
    parallel_for(core_.pool(), static_cast<Index>(tasks.size()), [&](Index i) {
      const auto& task = tasks[static_cast<std::size_t>(i)];
      const std::size_t which = scalars_of_[task.parameter];
      if (which == stays) return;
      Rule::template update<T>(scalars_[which], task.count, grads + task.from, values + task.from,
                               state_at(task.from));
    });
    clear_gaps_after_division(values);
  }
}

template <Floating T, class Rule>
OptimizerState RuleOptimizer<T, Rule>::state() const {
  std::vector<Attributes> options;
  std::vector<unsigned> used;
  std::vector<double> start;
  for (std::size_t g = 0; g < groups(); ++g) {
    options.push_back(Rule::attributes(option(g)));
    used.push_back(Rule::used(option(g)));
    if constexpr (requires { Rule::start(first_); }) {
      start.push_back(Rule::start(option(g)));
    }
  }
  return core_.state(options, used, start);
}

template <Floating T, class Rule>
void RuleOptimizer<T, Rule>::load_state(const OptimizerState& state) {
  core_.check_state(state);
  std::vector<Options> loaded;
  std::vector<unsigned> used;
  for (std::size_t g = 0; g < groups(); ++g) {
    const OptionReader reader(core_.kind().name, state.options, core_.own_options(state, g));
    loaded.push_back(Rule::read(reader));
    Rule::validate(loaded.back());
    used.push_back(Rule::used(loaded.back()));
  }
  core_.load(state, used);
  first_ = loaded.front();
  for (std::size_t g = 1; g < loaded.size(); ++g) others_[g - 1] = loaded[g];
}

template <Floating T, class Rule>
RuleOptimizer<T, Rule>::RuleOptimizer(std::shared_ptr<ParameterBlock<T>> parameters, const Options& options,
                                      ThreadPool* pool)
    : first_((Rule::validate(options), options)), core_(Rule::kind, std::move(parameters), {}, pool) {}

template <Floating T, class Rule>
RuleOptimizer<T, Rule>::RuleOptimizer(std::shared_ptr<ParameterBlock<T>> parameters,
                                      std::span<const ParameterGroup<Options>> groups, ThreadPool* pool)
    : first_(groups.empty() ? Options() : groups.front().options),
      core_(checked_kind(groups), std::move(parameters), paths_of(groups), pool) {
  for (std::size_t g = 1; g < groups.size(); ++g) others_.push_back(groups[g].options);
}

template <Floating T, class Rule>
void RuleOptimizer<T, Rule>::count_steps() {
  const ParameterBlock<T>& parameters = core_.block();
  const std::size_t count = parameters.entries().size();
  scalars_.clear();
  scalars_.reserve(count);
  scalars_of_.resize(count);
  std::int64_t last = 0;
  std::size_t last_group = 0;
  for (const auto& e : parameters.entries()) {
    const std::size_t i = e.slot.number;
    const std::size_t group = core_.group_of(i);
    if (group == OptimizerCore<T>::no_group || !e.requires_grad || !parameters.has_new_grad(i)) {
      scalars_of_[i] = stays;
      continue;
    }
    const Options& o = option(group);
    const std::int64_t k = Rule::counts(o) ? core_.count_step(i) : 0;
    // Nearly always all of them took as many.
    if (scalars_.empty() || k != last || group != last_group || !Rule::numbers.empty()) {
      scalars_.push_back(Rule::template scalars<T>(o, k, core_.numbers(i)));
    }
    last = k;
    last_group = group;
    scalars_of_[i] = scalars_.size() - 1;
  }
}

template <Floating T, class Rule>
void RuleOptimizer<T, Rule>::clear_gaps_after_division(T* values) const noexcept {
  if constexpr (requires(const Options& o) { o.eps == 0; }) {
    bool divides_by_zero = false;
    for (std::size_t g = 0; g < groups(); ++g) divides_by_zero = divides_by_zero || option(g).eps == 0;
    if (divides_by_zero) core_.clear_gaps(values);
  }
}

}  // namespace detail

WICK_END_NAMESPACE
