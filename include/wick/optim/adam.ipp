#pragma once

// Definitions of optim/adam.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/optim/adam.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
Adam<T>::Adam(std::shared_ptr<ParameterBlock<T>> parameters, const AdamOptions& options, ThreadPool* pool)
    : parameters_(std::move(parameters)), options_(checked(options)), pool_(pool) {
  if (!parameters_ || parameters_->entries().empty()) {
    throw OptionError("Adam: optimizer got an empty parameter list");
  }
  parameters_->require_grad();
}

template <Floating T>
void Adam<T>::set_lr(double lr) {
  AdamOptions changed = options_;
  changed.lr = lr;
  options_ = checked(changed);
}

template <Floating T>
void Adam<T>::step() {
  ParameterBlock<T>& parameters = block();
  if (!parameters.has_new_grad()) {
    throw Error(
        "Adam::step: the parameters of this optimizer have no gradient yet; call backward() before. If it "
        "was called, the model has other parameters: it was assigned anew or copied after the optimizer was "
        "made. Make the optimizer of model.parameters() as they are now");
  }
  parameters.require_grad();
  // Taken once: threads must not ask for them, each at the time it likes.
  T* const values = parameters.values().data();
  const T* const grads = std::as_const(parameters).grads().data();
  ensure_state(static_cast<Index>(parameters.values().size()));
  count_steps();
  parallel_for(pool_.get(), static_cast<Index>(tasks_.size()), [&](Index i) {
    const Task& task = tasks_[static_cast<std::size_t>(i)];
    const std::size_t which = scalars_of_[task.parameter];
    if (which != stays) update(task.from, task.count, values, grads, scalars_[which]);
  });
  if (options_.eps == 0) {
    // Between the tensors all is zero, and 0 / 0 is none.
    for (const auto& e : parameters.entries()) {
      const Index used = e.slot.shape.numel();
      std::fill_n(values + e.slot.offset + used, ParameterBlock<T>::padded(used) - used, T(0));
    }
  }
}

/// Counts the step of each parameter that takes one.
template <Floating T>
void Adam<T>::count_steps() {
  const ParameterBlock<T>& parameters = *parameters_;
  scalars_.clear();
  std::int64_t last = 0;
  for (const auto& e : parameters.entries()) {
    const std::size_t i = e.slot.number;
    if (!e.requires_grad || !parameters.has_new_grad(i)) {
      scalars_of_[i] = stays;
      continue;
    }
    // Nearly always all of them took as many.
    if (++steps_[i] != last) {
      last = steps_[i];
      scalars_.push_back(scalars(last));
    }
    scalars_of_[i] = scalars_.size() - 1;
  }
}

template <Floating T>
detail::AdamScalars<T> Adam<T>::scalars(std::int64_t steps) const {
  const auto powers =
      detail::powers(std::array<double, 2>{options_.betas.first, options_.betas.second}, steps);
  const auto root = static_cast<T>(std::sqrt(1 - powers[1]));
  const auto rate = static_cast<T>(-options_.lr / (1 - powers[0]));
  return {
      .beta1 = static_cast<T>(options_.betas.first),
      .one_minus_beta1 = static_cast<T>(1 - options_.betas.first),
      .beta2 = static_cast<T>(options_.betas.second),
      .one_minus_beta2 = static_cast<T>(1 - options_.betas.second),
      .step_size = rate * root,
      .eps = static_cast<T>(options_.eps) * root,
      .sign = options_.maximize ? T(-1) : T(1),
      .weight_decay = static_cast<T>(options_.weight_decay),
  };
}

// The first share of every parameter, then the second of every one and so on: as products and their gradients
// are shared out, so that a thread updates what it computed.
template <Floating T>
void Adam<T>::make_tasks() {
  constexpr Index most = 32768;
  const ThreadPool* const pool = pool_.get();
  const Index shares = pool != nullptr ? pool->size() : 1;
  std::vector<Task> tasks;
  tasks.reserve(static_cast<std::size_t>(shares) * parameters_->entries().size() * 2 +
                std::as_const(*parameters_).values().size() / static_cast<std::size_t>(most));
  for (Index share = 0; share < shares; ++share) {
    for (const auto& e : parameters_->entries()) {
      const Index n = ParameterBlock<T>::padded(e.slot.shape.numel());
      const Index size = ParameterBlock<T>::padded((n + shares - 1) / shares);
      const Index pieces = (size + most - 1) / most;
      const Index piece = ParameterBlock<T>::padded((size + pieces - 1) / (std::max)(pieces, Index{1}));
      for (Index i = 0; i < pieces; ++i) {
        const Index share_end = (std::min)((share + 1) * size, n);
        const Index from = (std::min)(share * size + i * piece, share_end);
        const Index end = (std::min)(from + piece, share_end);
        tasks.push_back({e.slot.offset + from, end - from, e.slot.number});
      }
    }
  }
  tasks_ = std::move(tasks);
}

template <Floating T>
std::int64_t Adam<T>::steps() const noexcept {
  return steps_.empty() ? 0 : std::ranges::max(steps_);
}

template <Floating T>
OptimizerState Adam<T>::state() const {
  const ParameterBlock<T>& parameters = block();
  OptimizerState state{
      .type = "Adam",
      .step = steps(),
      .options = {{"lr", options_.lr},
                  {"betas", std::vector<double>{options_.betas.first, options_.betas.second}},
                  {"eps", options_.eps},
                  {"weight_decay", options_.weight_decay},
                  {"amsgrad", options_.amsgrad},
                  {"maximize", options_.maximize}},
      .tensors = {}};
  const bool same = std::ranges::all_of(steps_, [&](std::int64_t k) { return k == 0 || k == state.step; });
  if (!same) state.step = 0;
  // Parameters that joined after the last step are not among steps_ yet.
  for (const auto& e : parameters.entries().first(steps_.size())) {
    const std::int64_t k = steps_[e.slot.number];
    if (k == 0) continue;
    const auto save = [&](const char* name, const Buffer<T>& averages) {
      const TensorView<const T> average(averages.data() + e.slot.offset, e.slot.shape);
      state.tensors.insert(e.name + "." + name, AnyTensor::copy_of(average));
    };
    // As PyTorch counts, in a float, as far as that goes.
    if (!same && k <= std::int64_t{1} << 24) {
      state.tensors.insert(e.name + ".step",
                           AnyTensor::copy_of(Tensor<float>::full({}, static_cast<float>(k))));
    } else if (!same) {
      state.tensors.insert(e.name + ".step",
                           AnyTensor::copy_of(Tensor<double>::full({}, static_cast<double>(k))));
    }
    save("exp_avg", exp_avg_);
    save("exp_avg_sq", exp_avg_sq_);
    if (options_.amsgrad) save("max_exp_avg_sq", max_exp_avg_sq_);
  }
  return state;
}

template <Floating T>
void Adam<T>::load_state(const OptimizerState& state) {
  static_cast<void>(block());
  if (state.type != "Adam") {
    throw OptionError("Adam::load_state: expected the state of Adam, got that of " + state.type);
  }
  if (state.step < 0 || state.step > most_steps) {
    throw OptionError("Adam::load_state: step must be in [0, " + std::to_string(most_steps) + "], got " +
                      std::to_string(state.step));
  }
  check_groups(state);
  const auto& betas = option<std::vector<double>>(state, "betas");
  if (betas.size() != 2) {
    throw OptionError("Adam::load_state: expected 2 betas, got " + std::to_string(betas.size()));
  }
  const AdamOptions options = checked({.lr = option<double>(state, "lr"),
                                       .betas = {betas[0], betas[1]},
                                       .eps = option<double>(state, "eps"),
                                       .weight_decay = option<double>(state, "weight_decay"),
                                       .amsgrad = option<bool>(state, "amsgrad"),
                                       .maximize = option<bool>(state, "maximize")});
  std::vector<std::int64_t> steps = steps_in(state);
  check_tensors(state, options.amsgrad, steps);
  Buffer<T> exp_avg;
  Buffer<T> exp_avg_sq;
  Buffer<T> max_exp_avg_sq;
  if (state.tensors.empty()) {
    steps.clear();
  } else {
    exp_avg = averages_in(state, "exp_avg", std::numeric_limits<T>::lowest());
    exp_avg_sq = averages_in(state, "exp_avg_sq", T(0));
    if (options.amsgrad) max_exp_avg_sq = averages_in(state, "max_exp_avg_sq", T(0));
  }
  tasks_.clear();
  options_ = options;
  steps_ = std::move(steps);
  exp_avg_ = std::move(exp_avg);
  exp_avg_sq_ = std::move(exp_avg_sq);
  max_exp_avg_sq_ = std::move(max_exp_avg_sq);
}

/// How many steps each parameter took.
template <Floating T>
std::vector<std::int64_t> Adam<T>::steps_in(const OptimizerState& state) const {
  const auto entries = std::as_const(*parameters_).entries();
  std::vector<std::int64_t> steps(entries.size(), 0);
  if (state.options.find("joined") != nullptr) {
    // Files of version 1 have the steps that each one did not take.
    const auto& joined = option<std::vector<std::int64_t>>(state, "joined");
    const auto is_step = [&](std::int64_t step) { return step >= 0 && step <= state.step; };
    if (joined.size() != entries.size() || !std::ranges::all_of(joined, is_step)) {
      throw OptionError("Adam::load_state: expected in \"joined\" a number in [0, step] for each of " +
                        std::to_string(entries.size()) + " parameters");
    }
    std::ranges::transform(joined, steps.begin(), [&](std::int64_t k) { return state.step - k; });
    return steps;
  }
  for (const auto& e : entries) {
    std::int64_t& k = steps[e.slot.number];
    if (state.step > 0) {
      // What took no step has no averages; that nothing has any is an error for which check_tensors() looks.
      k = state.tensors.empty() || has_averages(state, e.name) ? state.step : 0;
      continue;
    }
    const std::string name = e.name + ".step";
    const AnyTensor* const tensor = state.tensors.find(name);
    const Attribute* const value = state.values.find(name);
    double count = 0;
    if (tensor != nullptr && tensor->shape().numel() == 1) {
      count = tensor->template to<double>().item();
    } else if (value != nullptr) {
      const auto* whole = std::get_if<std::int64_t>(value);
      const auto* real = std::get_if<double>(value);
      count = whole != nullptr ? static_cast<double>(*whole) : real != nullptr ? *real : -1.0;
    }
    if (!(count >= 0 && count <= static_cast<double>(most_steps) && count == std::floor(count))) {
      throw OptionError("Adam::load_state: \"" + name + "\" must be a whole number in [0, " +
                        std::to_string(most_steps) + "]" +
                        (value == nullptr || count != -1 ? ", got " + python_repr(count) : ""));
    }
    k = static_cast<std::int64_t>(count);
  }
  return steps;
}

template <Floating T>
bool Adam<T>::has_averages(const OptimizerState& state, const std::string& parameter) {
  return std::ranges::any_of(std::array{".exp_avg", ".exp_avg_sq", ".max_exp_avg_sq"},
                             [&](const char* name) { return state.tensors.contains(parameter + name); });
}

/// A parameter that took a step has all averages, and its own count where there is none for all.
template <Floating T>
void Adam<T>::check_tensors(const OptimizerState& state, bool amsgrad,
                            std::span<const std::int64_t> steps) const {
  StateDictSpec spec{.class_name = "Adam", .tensors = {}};
  for (const auto& e : std::as_const(*parameters_).entries()) {
    const bool averages = has_averages(state, e.name);
    const std::string count = e.name + ".step";
    if (state.step == 0 && (state.tensors.contains(count) || (averages && !state.values.contains(count)))) {
      spec.tensors.push_back({count, Shape{}});
    }
    if (steps[e.slot.number] == 0 && !averages) continue;
    spec.tensors.push_back({e.name + ".exp_avg", e.slot.shape});
    spec.tensors.push_back({e.name + ".exp_avg_sq", e.slot.shape});
    if (amsgrad) spec.tensors.push_back({e.name + ".max_exp_avg_sq", e.slot.shape});
  }
  static_cast<void>(check_state_dict(spec, state.tensors));
}

template <Floating T>
Buffer<T> Adam<T>::averages_in(const OptimizerState& state, const char* name, T least) const {
  Buffer<T> block;
  grow(block, static_cast<Index>(std::as_const(*parameters_).values().size()));
  for (const auto& e : std::as_const(*parameters_).entries()) {
    const std::string key = e.name + "." + name;
    const AnyTensor* const average = state.tensors.find(key);
    if (average == nullptr) continue;
    T* const values = block.data() + e.slot.offset;
    average->copy_to(values);
    for (Index i = 0; i < e.slot.shape.numel(); ++i) {
      if (is_finite(values[i]) && values[i] >= least) continue;
      throw OptionError("Adam::load_state: \"" + key + "\" holds " +
                        python_repr(static_cast<double>(values[i])) + " at element " + std::to_string(i) +
                        ", expected finite values" + (least == 0 ? " >= 0" : ""));
    }
  }
  return block;
}

/// One group of all parameters is all that this optimizer can go on with.
template <Floating T>
void Adam<T>::check_groups(const OptimizerState& state) const {
  const auto refuse = [](const std::string& what) { throw OptionError("Adam::load_state: " + what); };
  std::string different;
  std::size_t parameters = 0;
  std::string unknown;
  for (const OptimizerGroup& group : state.groups) {
    parameters += group.parameters.size();
    for (const auto& [name, value] : group.options) {
      const std::string quoted = "\"" + name + "\"";
      const bool known = different.find(quoted) != std::string::npos;
      if (name != "param_names" && !known && different.size() < 200)
        different += (different.empty() ? "" : ", ") + quoted;
    }
    for (const std::string& name : group.parameters) {
      if (unknown.empty() && !parameters_->contains(name)) unknown = name;
    }
  }
  const std::size_t own = parameters_->entries().size();
  if (!different.empty()) {
    refuse("the state has " + std::to_string(state.groups.size()) +
           " parameter groups with different options, " + different +
           "; this Adam has one for all parameters");
  }
  if (!state.groups.empty() && (parameters != own || !unknown.empty())) {
    refuse("the state is for " + std::to_string(parameters) + " parameters" +
           (unknown.empty() ? "" : ", one of them \"" + unknown + "\"") + ", this Adam has " +
           std::to_string(own) + ", the first of them \"" + parameters_->entries().front().name +
           "\"; it was saved for a model with other or frozen parameters");
  }
}

template <Floating T>
const AdamOptions& Adam<T>::checked(const AdamOptions& o) {
  const auto demand = [](bool ok, const char* name, double value, const char* range) {
    if (!ok) {
      throw OptionError(std::string("Adam: Invalid ") + name + ": " + python_repr(value) + ", expected " +
                        range);
    }
  };
  demand(o.lr >= 0 && std::isfinite(o.lr), "learning rate", o.lr, "a finite number >= 0");
  demand(o.eps >= 0 && std::isfinite(o.eps), "epsilon value", o.eps, "a finite number >= 0");
  demand(o.betas.first >= 0 && o.betas.first < 1, "beta parameter at index 0", o.betas.first, "[0, 1)");
  demand(o.betas.second >= 0 && o.betas.second < 1, "beta parameter at index 1", o.betas.second, "[0, 1)");
  demand(o.weight_decay >= 0 && std::isfinite(o.weight_decay), "weight_decay value", o.weight_decay,
         "a finite number >= 0");
  return o;
}

template <Floating T>
void Adam<T>::grow(Buffer<T>& block, Index n) {
  const Index old = block.size();
  if (old == n) return;
  block.grow(n);
  std::fill(block.data() + old, block.data() + n, T(0));
}

// Each part looks at its own size, so that what was begun before memory ran out is completed by the next
// call.
template <Floating T>
void Adam<T>::ensure_state(Index n) {
  grow(exp_avg_, n);
  grow(exp_avg_sq_, n);
  if (options_.amsgrad) grow(max_exp_avg_sq_, n);
  const std::size_t count = parameters_->entries().size();
  if (steps_.size() != count) {
    steps_.resize(count, 0);
    tasks_.clear();
  }
  if (!tasks_.empty()) return;
  scalars_.reserve(count);
  scalars_of_.resize(count);
  make_tasks();
}

template <Floating T>
void Adam<T>::update(Index from, Index n, T* values, const T* grads, const detail::AdamScalars<T>& s) {
  T* const p = values + from;
  const T* const g = grads + from;
  T* const m = exp_avg_.data() + from;
  T* const v = exp_avg_sq_.data() + from;
  T* const largest = options_.amsgrad ? max_exp_avg_sq_.data() + from : nullptr;
  const bool changed_gradient = options_.maximize || options_.weight_decay != 0;
  WICK_CALL(adam_update(changed_gradient, options_.amsgrad, s, n, g, p, m, v, largest));
}

#ifdef WICK_COMPILED
template class Adam<float>;
template class Adam<double>;
#endif

WICK_END_NAMESPACE
