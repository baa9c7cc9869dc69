#pragma once

// Definitions of optim/detail/optimizer_core.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/optim/detail/optimizer_core.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/optimizer_state.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::optional<Shape> OptimizerKind::shape(const Shape& parameter, std::size_t tensor) const {
  return shape_of == nullptr ? std::optional<Shape>(parameter) : shape_of(parameter, tensor);
}

WICK_INLINE void OptionCheck::betas(const std::pair<double, double>& betas) const {
  demand(betas.first >= 0 && betas.first < 1, "beta parameter at index 0", betas.first, "[0, 1)");
  demand(betas.second >= 0 && betas.second < 1, "beta parameter at index 1", betas.second, "[0, 1)");
}

[[noreturn]] WICK_INLINE void OptionCheck::refuse(const std::string& what) const {
  throw OptionError(std::string(optimizer_) + ": " + what);
}

[[noreturn]] WICK_INLINE void OptionCheck::refuse(const char* name, double value, const char* range) const {
  refuse(std::string("Invalid ") + name + ": " + python_repr(value) + ", expected " + range);
}

template <Floating T>
OptimizerCore<T>::OptimizerCore(const OptimizerCore&) = default;
template <Floating T>
OptimizerCore<T>::OptimizerCore(OptimizerCore&&) noexcept = default;
template <Floating T>
OptimizerCore<T>& OptimizerCore<T>::operator=(const OptimizerCore&) = default;
template <Floating T>
OptimizerCore<T>& OptimizerCore<T>::operator=(OptimizerCore&&) noexcept = default;
template <Floating T>
OptimizerCore<T>::~OptimizerCore() = default;

template <Floating T>
std::string OptimizerCore<T>::in_load_state(const std::string& what) const {
  return std::string(kind_->name) + "::load_state: " + what;
}

WICK_INLINE const Attribute* OptionReader::find(const std::string& name) const {
  const Attribute* own = own_ == nullptr ? nullptr : own_->find(name);
  return own != nullptr ? own : shared_.find(name);
}
WICK_INLINE void OptionReader::refuse(const std::string& name) const {
  throw OptionError(std::string(optimizer_) + "::load_state: option \"" + name +
                    "\" is missing or of another type");
}
WICK_INLINE double OptionReader::number(const std::string& name) const {
  const Attribute* value = find(name);
  if (value != nullptr) {
    if (const auto* real = std::get_if<double>(value)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
  }
  refuse(name);
}
WICK_INLINE std::optional<double> OptionReader::optional_number(const std::string& name) const {
  const Attribute* value = find(name);
  if (value == nullptr || std::holds_alternative<std::monostate>(*value)) return std::nullopt;
  return number(name);
}
WICK_INLINE bool OptionReader::flag(const std::string& name) const {
  const Attribute* value = find(name);
  const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  if (flag == nullptr) refuse(name);
  return *flag;
}
WICK_INLINE void OptionReader::numbers(const std::string& name, std::span<double> to) const {
  const Attribute* value = find(name);
  if (value == nullptr) {
    // A tuple of integers and real numbers, as files of PyTorch have it: one by one.
    if (find(name + "(0)") == nullptr) refuse(name);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = number(name + "(" + std::to_string(i) + ")");
    return;
  }
  const auto take = [&](const auto& numbers) {
    if (numbers.size() != to.size()) {
      throw OptionError(std::string(optimizer_) + "::load_state: expected " + std::to_string(to.size()) +
                        " " + name + ", got " + std::to_string(numbers.size()));
    }
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<double>(numbers[i]);
  };
  if (const auto* reals = std::get_if<std::vector<double>>(value)) return take(*reals);
  if (const auto* whole = std::get_if<std::vector<std::int64_t>>(value)) return take(*whole);
  refuse(name);
}
WICK_INLINE std::pair<double, double> OptionReader::pair(const std::string& name) const {
  std::array<double, 2> both{};
  numbers(name, both);
  return {both[0], both[1]};
}
WICK_INLINE std::array<double, 3> OptionReader::triple(const std::string& name) const {
  std::array<double, 3> all{};
  numbers(name, all);
  return all;
}
WICK_INLINE std::int64_t OptionReader::whole(const std::string& name) const {
  const Attribute* value = find(name);
  const auto* whole = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  if (whole == nullptr) refuse(name);
  return *whole;
}
WICK_INLINE std::string OptionReader::optional_text(const std::string& name) const {
  const Attribute* value = find(name);
  if (value == nullptr || std::holds_alternative<std::monostate>(*value)) return {};
  const auto* text = std::get_if<std::string>(value);
  if (text == nullptr) refuse(name);
  return *text;
}

template <Floating T>
OptimizerCore<T>::OptimizerCore(const OptimizerKind& kind, std::shared_ptr<ParameterBlock<T>> parameters,
                                std::vector<std::vector<std::string>> paths, ThreadPool* pool)
    : kind_(&kind),
      parameters_(std::move(parameters)),
      pool_(pool),
      paths_(std::move(paths)),
      tensors_(kind.tensors.size()) {
  if (!parameters_ || parameters_->entries().empty()) {
    throw OptionError(std::string(kind_->name) + ": optimizer got an empty parameter list");
  }
  sort_into_groups();
  check_dimensions();
  parameters_->require_grad();
}

template <Floating T>
void OptimizerCore<T>::check_dimensions() const {
  if (!kind_->takes_matrices_alone) return;
  for (const auto& e : std::as_const(*parameters_).entries()) {
    if (group_of(e.slot.number) == no_group || e.slot.shape.dim() == 2) continue;
    throw OptionError(
        std::string(kind_->name) + " only supports 2D parameters whereas we found a parameter with size: " +
        e.slot.shape.torch_str() + ", \"" + e.name + "\"; leave it to another optimizer, with groups");
  }
}

template <Floating T>
void OptimizerCore<T>::refuse_moved() const {
  throw Error(std::string(kind_->name) + ": this optimizer was moved from and has no parameters any more");
}

template <Floating T>
void OptimizerCore<T>::demand_group(std::size_t group) const {
  if (group < groups()) return;
  throw IndexError(std::string(kind_->name) + ": parameter group " + std::to_string(group) +
                   " is out of range, this optimizer has " + std::to_string(groups()));
}

template <Floating T>
void OptimizerCore<T>::sort_into_groups() {
  if (paths_.empty()) return;
  const auto entries = std::as_const(*parameters_).entries();
  std::vector<std::size_t> group_of(entries.size(), no_group);
  const auto refuse = [&](const std::string& what) {
    throw OptionError(std::string(kind_->name) + ": " + what);
  };
  // A file names as many parameters as it likes: those below a path are looked up, not searched for.
  std::vector<std::pair<std::string_view, std::size_t>> names;
  names.reserve(entries.size());
  for (const std::size_t i : sorted_positions(entries.size(), [&entries](std::size_t a, std::size_t b) {
         return entries[a].name < entries[b].name;
       })) {
    names.emplace_back(entries[i].name, entries[i].slot.number);
  }
  const auto first_from = [&](std::string_view name) {
    return std::ranges::lower_bound(names, name, {}, &std::pair<std::string_view, std::size_t>::first);
  };
  for (std::size_t g = 0; g < paths_.size(); ++g) {
    if (paths_[g].empty()) refuse("parameter group " + std::to_string(g) + " has no parameters");
    std::set<std::string_view> seen;
    for (const std::string& path : paths_[g]) {
      if (!seen.insert(path).second) continue;
      bool any = false;
      const auto add = [&](const std::pair<std::string_view, std::size_t>& parameter) {
        any = true;
        std::size_t& group = group_of[parameter.second];
        if (group != no_group && group != g) {
          refuse("some parameters appear in more than one parameter group: \"" +
                 std::string(parameter.first) + "\" is in groups " + std::to_string(group) + " and " +
                 std::to_string(g));
        }
        group = g;
      };
      if (const auto own = first_from(path); own != names.end() && own->first == path) add(*own);
      const std::string below = path + ".";
      for (auto it = first_from(below); it != names.end() && it->first.starts_with(below); ++it) add(*it);
      if (!any) {
        refuse("parameter group " + std::to_string(g) + " names \"" + path +
               "\", which is neither a parameter nor a module with parameters; the first parameter is \"" +
               entries.front().name + "\"");
      }
    }
  }
  group_of_ = std::move(group_of);
}

template <Floating T>
void OptimizerCore<T>::begin_step(unsigned used) {
  ParameterBlock<T>& parameters = block();
  if (!parameters.has_new_grad()) {
    throw Error(
        std::string(kind_->name) +
        "::step: the parameters of this optimizer have no gradient yet; call backward() before. If it "
        "was called, the model has other parameters: it was assigned anew or copied after the "
        "optimizer was made. Make the optimizer of model.parameters() as they are now");
  }
  parameters.require_grad();
  const auto n = static_cast<Index>(std::as_const(parameters).values().size());
  // Each part looks at its own size, so that what was begun before memory ran out is completed by the next
  // call.
  for (std::size_t i = 0; i < tensors_.size(); ++i) {
    if ((used >> i & 1U) != 0) grow(tensors_[i], n);
  }
  const std::size_t count = parameters.entries().size();
  if (!paths_.empty() && group_of_.size() != count) sort_into_groups();
  if (steps_.size() != count) check_dimensions();
  numbers_.resize(count * kind_->numbers.size());
  if (steps_.size() != count) {
    steps_.resize(count, 0);
    tasks_.clear();
  }
  if (tasks_.empty()) make_tasks();
}

// The first share of every parameter, then the second of every one and so on: as products and their gradients
// are shared out, so that a thread updates what it computed. Shares end with small parts, because others, who
// have finished theirs, help with these: what they write is in their caches in the next step.
template <Floating T>
void OptimizerCore<T>::make_tasks() {
  constexpr Index most = 32768;
  const ThreadPool* const pool = pool_.get();
  const Index shares = pool != nullptr ? pool->size() : 1;
  const auto share_of = [&](Index n) { return ParameterBlock<T>::padded((n + shares - 1) / shares); };
  Index all = 0;
  for (const auto& e : parameters_->entries())
    all += share_of(ParameterBlock<T>::padded(e.slot.shape.numel()));
  std::vector<Task> tasks;
  constexpr std::size_t small_parts = 32;  // more than a share has
  tasks.reserve(static_cast<std::size_t>(shares) *
                (parameters_->entries().size() + static_cast<std::size_t>(all / most) + small_parts));
  for (Index share = 0; share < shares; ++share) {
    Index left = all;
    for (const auto& e : parameters_->entries()) {
      const Index n = ParameterBlock<T>::padded(e.slot.shape.numel());
      const Index size = share_of(n);
      const Index share_end = (std::min)((share + 1) * size, n);
      // As many for each share, as the pool expects; some are of nothing.
      for (Index done = 0, piece = 0; done < size; done += piece, left -= piece) {
        piece = shares == 1 ? most : ParameterBlock<T>::padded(std::clamp(left / 8, most / 8, most));
        if (size - done < piece * 3 / 2) piece = size - done;
        const Index from = (std::min)(share * size + done, share_end);
        const Index end = (std::min)(from + piece, share_end);
        tasks.push_back({e.slot.offset + from, end - from, e.slot.number});
      }
    }
  }
  tasks_ = std::move(tasks);
}

template <Floating T>
std::int64_t OptimizerCore<T>::steps() const noexcept {
  return steps_.empty() ? 0 : (std::ranges::max)(steps_);
}

template <Floating T>
void OptimizerCore<T>::clear_gaps(T* values) const noexcept {
  for (const auto& e : std::as_const(*parameters_).entries()) {
    const Index used = e.slot.shape.numel();
    std::fill_n(values + e.slot.offset + used, ParameterBlock<T>::padded(used) - used, T(0));
  }
}

template <Floating T>
void OptimizerCore<T>::put_options(std::span<const Attributes> options, OptimizerState& state) const {
  // What all groups have alike is said once.
  for (const auto& [name, value] : options.front()) {
    const bool common = std::ranges::all_of(
        options,
        [&, &own = name, &expected = value](const Attributes& o) { return *o.find(own) == expected; });
    if (common) state.options.set(name, value);
  }
  if (paths_.empty()) return;
  const auto entries = std::as_const(*parameters_).entries();
  for (std::size_t g = 0; g < groups(); ++g) {
    OptimizerGroup& group = state.groups.emplace_back();
    for (const auto& e : entries.first(group_of_.size())) {
      if (group_of_[e.slot.number] == g) group.parameters.push_back(e.name);
    }
    for (const auto& [name, value] : options[g]) {
      if (!state.options.contains(name)) group.options.set(name, value);
    }
  }
  const bool whole = state.groups.size() == 1 && state.groups.front().parameters.size() == entries.size();
  if (whole) state.groups.clear();
}

template <Floating T>
OptimizerState OptimizerCore<T>::state(std::span<const Attributes> options, std::span<const unsigned> used,
                                       std::span<const double> start) const {
  const ParameterBlock<T>& parameters = block();
  const auto entries = parameters.entries();
  OptimizerState state{.type = kind_->name, .step = 0, .options = {}, .tensors = {}};
  put_options(options, state);
  // Parameters that joined after the last step are not among steps_ yet.
  const auto steps_of = [&](std::size_t i) { return i < steps_.size() ? steps_[i] : 0; };
  const bool from_start = kind_->has_state_from_start;
  const std::int64_t most = steps();
  const bool same = !(from_start && most == 0) && std::ranges::all_of(entries, [&](const auto& e) {
    const std::int64_t k = steps_of(e.slot.number);
    return k == most || (k == 0 && !from_start) || group_of(e.slot.number) == no_group;
  });
  if (same && kind_->counts_steps) state.step = most;
  for (const auto& e : entries) {
    const std::size_t number = e.slot.number;
    const bool known = paths_.empty() || number < group_of_.size();
    const std::size_t group = known ? group_of(number) : no_group;
    const std::int64_t k = steps_of(number);
    if (group == no_group || (k == 0 && !from_start)) continue;
    if (!same && kind_->counts_steps) {
      // As PyTorch counts, in a float, as far as that goes.
      state.tensors.insert(e.name + ".step",
                           k <= std::int64_t{1} << 24
                               ? AnyTensor::copy_of(Tensor<float>::full({}, static_cast<float>(k)))
                               : AnyTensor::copy_of(Tensor<double>::full({}, static_cast<double>(k))));
    }
    for (std::size_t i = 0; i < kind_->numbers.size(); ++i) {
      state.tensors.insert(
          e.name + "." + kind_->numbers[i],
          AnyTensor::copy_of(Tensor<float>::full({}, numbers_[number * kind_->numbers.size() + i])));
    }
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      const std::optional<Shape> shape = kind_->shape(e.slot.shape, i);
      if ((used[group] >> i & 1U) == 0 || !shape) continue;
      const std::string name = e.name + "." + kind_->tensors[i].name;
      if (k == 0) {
        state.tensors.insert(name, AnyTensor::copy_of(Tensor<T>::full(*shape, static_cast<T>(start[group]))));
      } else {
        state.tensors.insert(
            name, AnyTensor::copy_of(TensorView<const T>(tensors_[i].data() + e.slot.offset, *shape)));
      }
    }
  }
  return state;
}

template <Floating T>
void OptimizerCore<T>::check_state(const OptimizerState& state) const {
  static_cast<void>(block());
  if (state.type != kind_->name) {
    throw OptionError(
        in_load_state(std::string("expected the state of ") + kind_->name + ", got that of " + state.type));
  }
  if (state.step < 0 || state.step > most_steps) {
    throw OptionError(in_load_state("step must be in [0, " + std::to_string(most_steps) + "], got " +
                                    std::to_string(state.step)));
  }
  if (groups() == 1) {
    check_one_group(state);
  } else {
    check_groups(state);
  }
}

/// The number of parameters that are in a group.
template <Floating T>
std::size_t OptimizerCore<T>::members() const {
  if (paths_.empty()) return std::as_const(*parameters_).entries().size();
  return static_cast<std::size_t>(
      std::ranges::count_if(group_of_, [](std::size_t group) { return group != no_group; }));
}

/// One group can go on with several that have the same options.
template <Floating T>
void OptimizerCore<T>::check_one_group(const OptimizerState& state) const {
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
  const std::string own_name = std::string("this ") + kind_->name;
  const std::size_t own = members();
  if (!different.empty() && state.groups.size() > 1) {
    throw OptionError(in_load_state("the state has " + std::to_string(state.groups.size()) +
                                    " parameter groups with different options, " + different + "; " +
                                    own_name + " has one for all parameters"));
  }
  if (!state.groups.empty() && (parameters != own || !unknown.empty())) {
    throw OptionError(in_load_state("the state is for " + std::to_string(parameters) + " parameters" +
                                    (unknown.empty() ? "" : ", one of them \"" + unknown + "\"") + ", " +
                                    own_name + " has " + std::to_string(own) + ", the first of them \"" +
                                    std::as_const(*parameters_).entries().front().name +
                                    "\"; it was saved for a model with other or frozen parameters"));
  }
}

template <Floating T>
void OptimizerCore<T>::check_groups(const OptimizerState& state) const {
  if (state.groups.size() != groups()) {
    throw OptionError(in_load_state(
        "loaded state dict has a different number of parameter groups: expected " + std::to_string(groups()) +
        ", got " + std::to_string((std::max)(state.groups.size(), std::size_t{1}))));
  }
  for (std::size_t g = 0; g < groups(); ++g) {
    std::vector<std::string> own;
    for (const auto& e : std::as_const(*parameters_).entries().first(group_of_.size())) {
      if (group_of_[e.slot.number] == g) own.push_back(e.name);
    }
    std::vector<std::string> given = state.groups[g].parameters;
    std::ranges::sort(own);
    std::ranges::sort(given);
    if (own == given) continue;
    const auto other = std::ranges::find_if(
        given, [&](const std::string& name) { return !std::ranges::binary_search(own, name); });
    throw OptionError(
        in_load_state("loaded state dict contains a parameter group that doesn't match the size of "
                      "optimizer's group: group " +
                      std::to_string(g) + " has " + std::to_string(given.size()) + " parameters" +
                      (other == given.end() ? "" : ", one of them \"" + *other + "\"") + ", expected " +
                      std::to_string(own.size()) + ", the first of them \"" + own.front() + "\""));
  }
}

template <Floating T>
const Attributes* OptimizerCore<T>::own_options(const OptimizerState& state, std::size_t group) const {
  // With one group here and several alike in the state, all options are shared.
  return group < state.groups.size() ? &state.groups[group].options : nullptr;
}

template <Floating T>
void OptimizerCore<T>::load(const OptimizerState& state, std::span<const unsigned> used) {
  std::vector<std::int64_t> steps = steps_in(state);
  check_tensors(state, used, steps);
  std::vector<Buffer<T>> tensors(tensors_.size());
  std::vector<float> numbers;
  if (state.tensors.empty()) {
    steps.clear();
  } else {
    unsigned all_used = 0;
    for (const unsigned u : used) all_used |= u;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if ((all_used >> i & 1U) != 0) tensors[i] = tensor_in(state, kind_->tensors[i]);
    }
    numbers = numbers_in(state);
  }
  tasks_.clear();
  steps_ = std::move(steps);
  numbers_ = std::move(numbers);
  tensors_ = std::move(tensors);
}

/// The number of steps that a file counts for one parameter alone.
template <Floating T>
std::int64_t OptimizerCore<T>::step_of(const OptimizerState& state, const std::string& parameter) const {
  const std::string name = parameter + ".step";
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
    throw OptionError(in_load_state("\"" + name + "\" must be a whole number in [0, " +
                                    std::to_string(most_steps) + "]" +
                                    (value == nullptr || count != -1 ? ", got " + python_repr(count) : "")));
  }
  return static_cast<std::int64_t>(count);
}

/// How many steps each parameter took.
template <Floating T>
std::vector<std::int64_t> OptimizerCore<T>::steps_in(const OptimizerState& state) const {
  const auto entries = std::as_const(*parameters_).entries();
  std::vector<std::int64_t> steps(entries.size(), 0);
  if (const Attribute* const given = state.options.find("joined"); given != nullptr) {
    // Files of version 1 have the steps that each one did not take.
    const auto* joined = std::get_if<std::vector<std::int64_t>>(given);
    const auto is_step = [&](std::int64_t step) { return step >= 0 && step <= state.step; };
    if (joined == nullptr || joined->size() != entries.size() || !std::ranges::all_of(*joined, is_step)) {
      throw OptionError(in_load_state("expected in \"joined\" a number in [0, step] for each of " +
                                      std::to_string(entries.size()) + " parameters"));
    }
    std::ranges::transform(*joined, steps.begin(), [&](std::int64_t k) { return state.step - k; });
    return steps;
  }
  for (const auto& e : entries) {
    std::int64_t& k = steps[e.slot.number];
    const bool tensors = has_tensors(state, e.name);
    if (!kind_->counts_steps) {
      k = tensors ? 1 : 0;
    } else if (state.step > 0) {
      // What took no step has no tensors; that nothing has any is an error for which check_tensors() looks.
      k = state.tensors.empty() || tensors ? state.step : 0;
    } else {
      k = step_of(state, e.name);
    }
  }
  return steps;
}

template <Floating T>
bool OptimizerCore<T>::has_tensors(const OptimizerState& state, const std::string& parameter) const {
  const auto has = [&](const char* name) { return state.tensors.contains(parameter + "." + name); };
  return std::ranges::any_of(kind_->numbers, has) ||
         std::ranges::any_of(kind_->tensors, has, &StateTensor::name);
}

/// A parameter that took a step has all tensors, and its own count where there is none for all.
template <Floating T>
void OptimizerCore<T>::check_tensors(const OptimizerState& state, std::span<const unsigned> used,
                                     std::span<const std::int64_t> steps) const {
  StateDictSpec spec{.class_name = kind_->name, .tensors = {}};
  for (const auto& e : std::as_const(*parameters_).entries()) {
    const std::size_t group =
        paths_.empty() || e.slot.number < group_of_.size() ? group_of(e.slot.number) : no_group;
    if (group == no_group) continue;
    const bool tensors = has_tensors(state, e.name);
    const std::string count = e.name + ".step";
    if (kind_->counts_steps && state.step == 0 &&
        (state.tensors.contains(count) || (tensors && !state.values.contains(count)))) {
      spec.tensors.push_back({count, Shape{}});
    }
    if (steps[e.slot.number] == 0 && !tensors) continue;
    for (const char* const name : kind_->numbers) spec.tensors.push_back({e.name + "." + name, Shape{}});
    for (std::size_t i = 0; i < kind_->tensors.size(); ++i) {
      const std::optional<Shape> shape = kind_->shape(e.slot.shape, i);
      if ((used[group] >> i & 1U) == 0 || !shape) continue;
      spec.tensors.push_back({e.name + "." + kind_->tensors[i].name, *shape});
    }
  }
  static_cast<void>(check_state_dict(spec, state.tensors));
}

template <Floating T>
Buffer<T> OptimizerCore<T>::tensor_in(const OptimizerState& state, const StateTensor& tensor) const {
  const T least = tensor.not_negative ? T(0) : std::numeric_limits<T>::lowest();
  Buffer<T> block;
  grow(block, static_cast<Index>(std::as_const(*parameters_).values().size()));
  for (const auto& e : std::as_const(*parameters_).entries()) {
    const std::string key = e.name + "." + tensor.name;
    const AnyTensor* const given = state.tensors.find(key);
    if (given == nullptr) continue;
    T* const values = block.data() + e.slot.offset;
    given->copy_to(values);
    for (Index i = 0; i < given->shape().numel(); ++i) {
      if (is_finite(values[i]) && values[i] >= least) continue;
      throw OptionError(in_load_state("\"" + key + "\" holds " + python_repr(static_cast<double>(values[i])) +
                                      " at element " + std::to_string(i) + ", expected finite values" +
                                      (tensor.not_negative ? " >= 0" : "")));
    }
  }
  return block;
}

template <Floating T>
std::vector<float> OptimizerCore<T>::numbers_in(const OptimizerState& state) const {
  const auto entries = std::as_const(*parameters_).entries();
  const std::size_t count = kind_->numbers.size();
  std::vector<float> numbers(entries.size() * count);
  for (const auto& e : entries) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = e.name + "." + kind_->numbers[i];
      const AnyTensor* const given = state.tensors.find(key);
      if (given == nullptr) continue;
      const float value = given->template to<float>().item();
      if (!is_finite(value)) {
        throw OptionError(in_load_state("\"" + key + "\" is " + python_repr(static_cast<double>(value)) +
                                        ", expected a finite number"));
      }
      numbers[e.slot.number * count + i] = value;
    }
  }
  return numbers;
}

template <Floating T>
void OptimizerCore<T>::grow(Buffer<T>& block, Index n) {
  const Index old = block.size();
  if (old == n) return;
  block.grow(n);
  std::fill(block.data() + old, block.data() + n, T(0));
}

#ifdef WICK_COMPILED
template class OptimizerCore<float>;
template class OptimizerCore<double>;
#endif

}  // namespace detail

WICK_END_NAMESPACE
