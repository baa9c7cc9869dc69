#pragma once

// Definitions of RuleOptimizer, for the files that instantiate it.

#include <wick/base/thread_pool.hpp>
#include <wick/optim/detail/optimizer_core.hpp>
#include <wick/optim/detail/rule_optimizer.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

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
      if constexpr (requires { typename Rule::Memory; }) {
        scalars_.push_back(Rule::template scalars<T>(o, k, core_.numbers(i), memory_));
      } else {
        scalars_.push_back(Rule::template scalars<T>(o, k, core_.numbers(i)));
      }
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
