#pragma once

// Definitions of graph/detail/plan.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/detail/plan.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/kernels/product.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Makes a plan; what it notes of steps meanwhile goes with it.
template <Floating T>
class Planner {
 public:
  using Address = typename Plan<T>::Address;
  using Group = typename Plan<T>::Group;

  Planner(std::span<const Step<T>> steps, std::span<const int> inputs, std::span<const int> outputs)
      : steps_(steps), inputs_(inputs), outputs_(outputs), locations_(steps.size()) {}

  [[nodiscard]] Plan<T> plan() {
    find_sources();
    find_rows();
    join();
    place();
    find_blocks();
    prepare();
    return std::move(plan_);
  }

 private:
  // Where the numbers of a step are, as the plan is made.
  enum class Place : signed char { unused, parameter, constant, input, output, memory, fixed_memory };
  struct Location {
    Place place = Place::unused;
    Index by_row = 0;  ///< times the number of rows, and
    Index fixed = 0;   ///< elements after the beginning; or number of the input, output or group
  };

  [[nodiscard]] const Step<T>& step(int id) const noexcept { return steps_[static_cast<std::size_t>(id)]; }
  /// What step `id` shows the numbers of.
  [[nodiscard]] int source(int id) const noexcept { return sources_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Location& location(int id) noexcept {
    return locations_[static_cast<std::size_t>(source(id))];
  }
  [[nodiscard]] Address address_of(int id) noexcept;

  void find_sources();
  void find_rows();
  void join();
  void place();
  void find_blocks();
  void prepare();

  std::span<const Step<T>> steps_;
  std::span<const int> inputs_;
  std::span<const int> outputs_;
  std::vector<int> sources_;
  std::vector<Location> locations_;
  Plan<T> plan_;
};

/// Follows steps that only give the numbers of another one, and marks what the outputs need.
template <Floating T>
void Planner<T>::find_sources() {
  sources_.resize(steps_.size());
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step<T>& s = steps_[i];
    const bool shows = s.operation != nullptr && s.operation->apply == nullptr &&
                       s.operation->multiply == nullptr && s.operation->run == nullptr;
    sources_[i] = shows ? source(s.in[0]) : static_cast<int>(i);
  }
  const auto need = [&](int id) { locations_[static_cast<std::size_t>(source(id))].place = Place::memory; };
  for (const int id : outputs_) need(id);
  for (std::size_t i = steps_.size(); i-- > 0;) {
    Location& at = locations_[i];
    if (at.place == Place::unused) continue;
    const Step<T>& s = steps_[i];
    switch (s.leaf) {
      case Step<T>::Leaf::input:
        at = {Place::input, s.shape.numel() / any_rows, s.place};
        break;
      case Step<T>::Leaf::parameter:
        at = {Place::parameter, 0, s.place};
        plan_.parameters += s.shape.numel();
        plan_.parameters_end = (std::max)(plan_.parameters_end, s.place + s.shape.numel());
        break;
      case Step<T>::Leaf::constant:
        at = {Place::constant, 0, s.place};
        break;
      case Step<T>::Leaf::none:
        for (const int in : s.in) {
          if (in >= 0) need(in);
        }
    }
  }
}

/// Whether each row of the outputs depends on that of the inputs alone.
template <Floating T>
void Planner<T>::find_rows() {
  // A row for each sample, which is the first dimension and no other.
  const auto in_rows = [](const Shape& shape) {
    return shape.dim() > 0 && shape.dims()[0] == any_rows &&
           std::ranges::none_of(shape.dims().subspan(1), counts_samples);
  };
  plan_.by_rows = !inputs_.empty();
  for (const int id : outputs_) plan_.by_rows = plan_.by_rows && in_rows(step(id).shape);
  plan_.shares_out = true;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step<T>& s = steps_[i];
    // Also of steps that show others' numbers: a reshape may mix rows.
    plan_.by_rows = plan_.by_rows && (in_rows(s.shape) || !has_rows(s.shape));
    if (s.operation == nullptr) continue;
    for (std::size_t k = 0; k < s.in.size(); ++k) {
      if (s.in[k] < 0 || !has_rows(step(s.in[k]).shape)) continue;
      plan_.by_rows = plan_.by_rows && static_cast<int>(k) < s.operation->by_rows && in_rows(s.shape);
    }
    if (s.operation->uses_scratch) plan_.shares_out = false;
  }
  plan_.shares_out = plan_.shares_out && plan_.by_rows;
}

/// Elementwise operations go with what they follow, if nobody else needs that.
template <Floating T>
void Planner<T>::join() {
  std::vector<int> uses(steps_.size(), 0);
  const auto needed = [&](std::size_t i) { return locations_[i].place == Place::memory; };
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!needed(i)) continue;
    for (const int in : steps_[i].in) {
      if (in >= 0) ++uses[static_cast<std::size_t>(source(in))];
    }
  }
  for (const int id : outputs_) ++uses[static_cast<std::size_t>(source(id))];

  std::vector<Group> drafts;
  std::vector<int> draft_of(steps_.size(), -1);  // of the last step of each
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!needed(i)) continue;
    const Step<T>& s = steps_[i];
    const auto id = static_cast<int>(i);
    int with = -1;
    const auto consider = [&](int before) {
      const auto at = static_cast<std::size_t>(before);
      const Operation<T>* const operation = steps_[at].operation;
      if (operation == nullptr || operation->run != nullptr || uses[at] != 1 || draft_of[at] < 0) return;
      if (drafts[static_cast<std::size_t>(draft_of[at])].links.size() + 1 <
          static_cast<std::size_t>(Epilogue<T>::most))
        with = (std::max)(with, before);
    };
    const bool two = s.operation->operands == 2;
    if (s.operation->apply != nullptr) {
      consider(source(s.in[0]));
      if (two && s.operation->reversed != nullptr) consider(source(s.in[1]));
    }
    if (with < 0) {
      draft_of[i] = static_cast<int>(drafts.size());
      drafts.push_back({id, id, {}});
      continue;
    }
    const bool in_order = source(s.in[0]) == with;
    const int other = !two ? -1 : in_order ? s.in[1] : s.in[0];
    draft_of[i] = std::exchange(draft_of[static_cast<std::size_t>(with)], -1);
    Group& draft = drafts[static_cast<std::size_t>(draft_of[i])];
    draft.last = id;
    draft.links.push_back(
        {id, other, in_order ? s.operation->apply : s.operation->reversed->apply, s.number});
  }
  // Each runs when its last operation would: what that reads is there by then.
  plan_.groups.reserve(drafts.size());
  for (const int draft : draft_of) {
    if (draft >= 0) plan_.groups.push_back(std::move(drafts[static_cast<std::size_t>(draft)]));
  }
}

/// Where each group writes to: an output, or memory that nobody needs at that time.
template <Floating T>
void Planner<T>::place() {
  std::vector<int> made_by(steps_.size(), -1);
  std::vector<std::size_t> needed_until(plan_.groups.size(), 0);
  for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
    const auto use = [&](int id) {
      if (id < 0) return;
      const int by = made_by[static_cast<std::size_t>(source(id))];
      if (by >= 0) needed_until[static_cast<std::size_t>(by)] = g;
    };
    for (const int in : step(plan_.groups[g].first).in) use(in);
    for (const auto& link : plan_.groups[g].links) use(link.other);
    made_by[static_cast<std::size_t>(plan_.groups[g].last)] = static_cast<int>(g);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Location& at = location(outputs_[i]);
    if (at.place == Place::memory) {
      at = {Place::output, step(outputs_[i]).shape.numel() / any_rows, static_cast<Index>(i)};
    } else {
      plan_.copied.push_back({i});
    }
  }

  struct Piece {
    Index begin, end;
    std::size_t until;
  };
  std::vector<Piece> taken;  // in order
  for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
    Location& at = location(plan_.groups[g].last);
    std::erase_if(taken, [g](const Piece& p) { return p.until < g; });
    if (at.place != Place::memory) continue;
    if (!plan_.by_rows) {
      at.fixed = static_cast<Index>(g);
      continue;
    }
    const Index numel = step(plan_.groups[g].last).shape.numel();
    if (!has_rows(step(plan_.groups[g].last).shape)) {
      at = {Place::fixed_memory, 0, plan_.memory_fixed};
      plan_.memory_fixed += ParameterBlock<T>::padded(numel);
      continue;
    }
    const Index size = ParameterBlock<T>::padded(numel / any_rows);
    auto before = taken.begin();
    Index begin = 0;
    for (; before != taken.end() && before->begin < begin + size; ++before) begin = before->end;
    taken.insert(before, {begin, begin + size, needed_until[g]});
    at.by_row = begin;
    plan_.memory_by_row = (std::max)(plan_.memory_by_row, begin + size);
  }
}

template <Floating T>
auto Planner<T>::address_of(int id) noexcept -> Address {
  const Location& at = location(id);
  const std::size_t number = static_cast<std::size_t>(at.fixed);
  switch (at.place) {
    case Place::parameter:
      return {Plan<T>::at_parameters, 0, at.fixed};
    case Place::constant:
      return {Plan<T>::at_constants, 0, at.fixed};
    case Place::input:
      return {Plan<T>::at_inputs + number};
    case Place::output:
      return {Plan<T>::at_inputs + inputs_.size() + number};
    case Place::memory:
      if (!plan_.by_rows) return {Plan<T>::at_inputs + inputs_.size() + outputs_.size() + number};
      return {Plan<T>::at_memory, at.by_row, 0};
    case Place::fixed_memory:
      return {Plan<T>::at_fixed_memory, 0, at.fixed};
    case Place::unused:
      break;
  }
  return {};
}

/// Notes beside each group what running it takes.
template <Floating T>
void Planner<T>::prepare() {
  const auto value = [&](int id) {
    const Operand<T> sizes = operand_of<T>(nullptr, step(id).shape);
    typename Plan<T>::Value v;
    v.at = address_of(id);
    v.step = id;
    v.rows = SizeByRows(sizes.rows);
    v.cols = SizeByRows(sizes.cols);
    return v;
  };
  for (Group& group : plan_.groups) {
    const Step<T>& s = step(group.first);
    group.operation = s.operation;
    group.number = s.number;
    group.operands = s.operation->operands;
    for (int k = 0; k < group.operands; ++k)
      group.in[static_cast<std::size_t>(k)] = value(s.in[static_cast<std::size_t>(k)]);
    group.out = value(group.first);
    group.out.at = address_of(group.last);
    for (auto& link : group.links) {
      if (link.other >= 0) link.other_at = address_of(link.other);
    }
  }
  for (auto& c : plan_.copied) c.from = address_of(outputs_[c.output]);
  if (!inputs_.empty()) {
    const auto dims = step(inputs_[0]).shape.dims();
    plan_.sample.assign(dims.begin() + 1, dims.end());
  }
}

/// Whether blocks of rows, side by side in vectors, can go through all operations: linear and elementwise
/// ones, and a log-softmax at the end. Each block reads all weights, which have to be near.
template <Floating T>
void Planner<T>::find_blocks() {
  constexpr auto most = static_cast<Index>((std::size_t{1} << 19) / sizeof(T));
  plan_.in_blocks = plan_.by_rows && inputs_.size() == 1 && outputs_.size() == 1 && plan_.copied.empty() &&
                    plan_.parameters <= most && !plan_.groups.empty();
  const auto in_block = [&](int id) {
    const Shape& shape = step(id).shape;
    return has_rows(shape) && shape.dim() == 2 && shape.dims()[1] > 0;
  };
  for (std::size_t g = 0; plan_.in_blocks && g < plan_.groups.size(); ++g) {
    const Group& group = plan_.groups[g];
    const Step<T>& s = step(group.first);
    plan_.in_blocks = in_block(group.first) && in_block(s.in[0]);
    if (s.operation == &linear_operation<T>) {
      const auto is_parameter = [&](int id) { return step(source(id)).leaf == Step<T>::Leaf::parameter; };
      plan_.in_blocks = plan_.in_blocks && step(s.in[1]).shape.dims()[1] <= ProductPanels<T>::max_depth &&
                        is_parameter(s.in[1]) && is_parameter(s.in[2]);
    } else if (s.operation == &log_softmax_operation<T> && g + 1 == plan_.groups.size() &&
               step(source(s.in[0])).leaf == Step<T>::Leaf::none) {
      plan_.log_softmax_last = true;
    } else {
      plan_.in_blocks =
          plan_.in_blocks && s.operation->apply != nullptr && (s.in[1] < 0 || in_block(s.in[1]));
    }
    for (const auto& link : group.links)
      plan_.in_blocks = plan_.in_blocks && (link.other < 0 || in_block(link.other));
  }
}

template <Floating T>
Plan<T> make_plan(std::span<const Step<T>> steps, std::span<const int> inputs, std::span<const int> outputs) {
  return Planner<T>(steps, inputs, outputs).plan();
}

#ifdef WICK_COMPILED
template Plan<float> make_plan(std::span<const Step<float>>, std::span<const int>, std::span<const int>);
template Plan<double> make_plan(std::span<const Step<double>>, std::span<const int>, std::span<const int>);
#endif

}  // namespace detail

WICK_END_NAMESPACE
