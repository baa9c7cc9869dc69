#pragma once

// Definitions of graph/program.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/linear.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/graph/program.hpp>
#include <wick/kernels/row_block.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
[[nodiscard]] Operand<T> operand_of(const T* data, const Shape& shape) noexcept {
  Operand<T> result{data, 1, 1, &shape};
  const auto dims = shape.dims();
  if (dims.empty()) return result;
  for (const Index d : dims.first(dims.size() - 1)) result.rows *= d;
  result.cols = dims.back();
  return result;
}

}  // namespace detail

// --- Planning ---

template <Floating T>
Program<T>::Program(Trace<T>& trace, std::span<const Symbol<T>> outputs)
    : steps_(std::move(trace.steps())), constants_(std::move(trace.constants())) {
  for (const Symbol<T>& s : outputs) {
    if (&s.tape() != &trace) throw Error("Program: an output belongs to another trace");
    outputs_.push_back(s.id());
  }
  plan();
}

template <Floating T>
Program<T> Program<T>::then(const Operation<T>& operation) const {
  if (outputs_.size() != 1) {
    throw Error("Program: expected one output, got " + std::to_string(outputs_.size()));
  }
  const Shape& shape = step(outputs_[0]).shape;
  const Shape* const in = &shape;
  Program result;
  result.steps_ = steps_;
  result.constants_ = constants_;
  result.outputs_ = {static_cast<int>(steps_.size())};
  result.steps_.push_back({&operation,
                           {outputs_[0], -1, -1},
                           T(0),
                           {},
                           operation.shape == nullptr ? shape : operation.shape({{&in, 1}, {}})});
  result.plan();
  return result;
}

template <Floating T>
bool Program<T>::needs_memory_of(const Program& other) const noexcept {
  return outputs_ == other.outputs_ &&
         std::ranges::equal(steps_, other.steps_, [](const Step<T>& a, const Step<T>& b) {
           return a.operation == b.operation && a.in == b.in && a.leaf == b.leaf && a.shape == b.shape;
         });
}

template <Floating T>
void Program<T>::plan() {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].leaf == Step<T>::Leaf::input) inputs_.push_back(static_cast<int>(i));
  }
  locations_.resize(steps_.size());
  find_sources();
  find_rows();
  join();
  place();
  find_blocks();
  prepare();
}

template <Floating T>
bool Program<T>::has_rows(const Shape& shape) noexcept {
  return std::ranges::any_of(shape.dims(), [](Index d) { return d > 0 && d % any_rows == 0; });
}

template <Floating T>
Shape Program<T>::shape_for(const Shape& shape, Index rows) {
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::transform(shape.dims(), dims.begin(), [rows](Index d) { return Size(d)(rows); });
  return Shape(std::span<const Index>(dims.data(), shape.dim()));
}

/// Follows steps that only give the numbers of another one, and marks what the outputs need.
template <Floating T>
void Program<T>::find_sources() {
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
        parameters_ += s.shape.numel();
        parameters_end_ = (std::max)(parameters_end_, s.place + s.shape.numel());
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
void Program<T>::find_rows() {
  // A row for each sample, which is the first dimension and no other.
  const auto in_rows = [](const Shape& shape) {
    return shape.dim() > 0 && shape.dims()[0] == any_rows &&
           std::ranges::none_of(shape.dims().subspan(1), [](Index d) { return d > 0 && d % any_rows == 0; });
  };
  by_rows_ = !inputs_.empty();
  for (const int id : outputs_) by_rows_ = by_rows_ && in_rows(step(id).shape);
  shares_out_ = true;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step<T>& s = steps_[i];
    // Also of steps that show others' numbers: a reshape may mix rows.
    by_rows_ = by_rows_ && (in_rows(s.shape) || !has_rows(s.shape));
    if (s.operation == nullptr) continue;
    for (std::size_t k = 0; k < s.in.size(); ++k) {
      if (s.in[k] < 0 || !has_rows(step(s.in[k]).shape)) continue;
      by_rows_ = by_rows_ && static_cast<int>(k) < s.operation->by_rows && in_rows(s.shape);
    }
    if (s.operation->uses_scratch) shares_out_ = false;
  }
  shares_out_ = shares_out_ && by_rows_;
}

/// Elementwise operations go with what they follow, if nobody else needs that.
template <Floating T>
void Program<T>::join() {
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
  groups_.reserve(drafts.size());
  for (const int draft : draft_of) {
    if (draft >= 0) groups_.push_back(std::move(drafts[static_cast<std::size_t>(draft)]));
  }
}

/// Where each group writes to: an output, or memory that nobody needs at that time.
template <Floating T>
void Program<T>::place() {
  std::vector<int> made_by(steps_.size(), -1);
  std::vector<std::size_t> needed_until(groups_.size(), 0);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const auto use = [&](int id) {
      if (id < 0) return;
      const int by = made_by[static_cast<std::size_t>(source(id))];
      if (by >= 0) needed_until[static_cast<std::size_t>(by)] = g;
    };
    for (const int in : step(groups_[g].first).in) use(in);
    for (const Link& link : groups_[g].links) use(link.other);
    made_by[static_cast<std::size_t>(groups_[g].last)] = static_cast<int>(g);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Location& at = location(outputs_[i]);
    if (at.place == Place::memory) {
      at = {Place::output, step(outputs_[i]).shape.numel() / any_rows, static_cast<Index>(i)};
    } else {
      copied_.push_back({i});
    }
  }

  struct Piece {
    Index begin, end;
    std::size_t until;
  };
  std::vector<Piece> taken;  // in order
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Location& at = location(groups_[g].last);
    std::erase_if(taken, [g](const Piece& p) { return p.until < g; });
    if (at.place != Place::memory) continue;
    if (!by_rows_) {
      at.fixed = static_cast<Index>(g);
      continue;
    }
    const Index numel = step(groups_[g].last).shape.numel();
    if (!has_rows(step(groups_[g].last).shape)) {
      at = {Place::fixed_memory, 0, memory_fixed_};
      memory_fixed_ += ParameterBlock<T>::padded(numel);
      continue;
    }
    const Index size = ParameterBlock<T>::padded(numel / any_rows);
    auto before = taken.begin();
    Index begin = 0;
    for (; before != taken.end() && before->begin < begin + size; ++before) begin = before->end;
    taken.insert(before, {begin, begin + size, needed_until[g]});
    at.by_row = begin;
    memory_by_row_ = (std::max)(memory_by_row_, begin + size);
  }
}

template <Floating T>
auto Program<T>::address_of(int id) noexcept -> Address {
  const Location& at = location(id);
  const std::size_t number = static_cast<std::size_t>(at.fixed);
  switch (at.place) {
    case Place::parameter:
      return {at_parameters, 0, at.fixed};
    case Place::constant:
      return {at_constants, 0, at.fixed};
    case Place::input:
      return {at_inputs + number};
    case Place::output:
      return {at_inputs + inputs_.size() + number};
    case Place::memory:
      if (!by_rows_) return {at_inputs + inputs_.size() + outputs_.size() + number};
      return {at_memory, at.by_row, 0};
    case Place::fixed_memory:
      return {at_fixed_memory, 0, at.fixed};
    case Place::unused:
      break;
  }
  return {};
}

/// Notes beside each group what running it takes.
template <Floating T>
void Program<T>::prepare() {
  const auto value = [&](int id) {
    const Operand<T> sizes = detail::operand_of<T>(nullptr, step(id).shape);
    Value v;
    v.at = address_of(id);
    v.step = id;
    v.rows = Size(sizes.rows);
    v.cols = Size(sizes.cols);
    return v;
  };
  for (Group& group : groups_) {
    const Step<T>& s = step(group.first);
    group.operation = s.operation;
    group.number = s.number;
    group.operands = s.operation->operands;
    for (int k = 0; k < group.operands; ++k)
      group.in[static_cast<std::size_t>(k)] = value(s.in[static_cast<std::size_t>(k)]);
    group.out = value(group.first);
    group.out.at = address_of(group.last);
    for (Link& link : group.links) {
      if (link.other >= 0) link.other_at = address_of(link.other);
    }
  }
  for (Copied& c : copied_) c.from = address_of(outputs_[c.output]);
  if (!inputs_.empty()) {
    const auto dims = step(inputs_[0]).shape.dims();
    sample_.assign(dims.begin() + 1, dims.end());
  }
}

/// Whether blocks of rows, side by side in vectors, can go through all operations: linear and elementwise
/// ones, and a log-softmax at the end. Each block reads all weights, which have to be near.
template <Floating T>
void Program<T>::find_blocks() {
  constexpr auto most = static_cast<Index>((std::size_t{1} << 19) / sizeof(T));
  in_blocks_ = by_rows_ && inputs_.size() == 1 && outputs_.size() == 1 && copied_.empty() &&
               parameters_ <= most && !groups_.empty();
  const auto in_block = [&](int id) { return has_rows(step(id).shape) && step(id).shape.dim() == 2; };
  for (std::size_t g = 0; in_blocks_ && g < groups_.size(); ++g) {
    const Group& group = groups_[g];
    const Step<T>& s = step(group.first);
    in_blocks_ = in_block(group.first) && in_block(s.in[0]);
    if (s.operation == &detail::linear_operation<T>) {
      const auto is_parameter = [&](int id) { return step(source(id)).leaf == Step<T>::Leaf::parameter; };
      in_blocks_ = in_blocks_ && step(s.in[1]).shape.dims()[1] <= detail::ProductPanels<T>::max_depth &&
                   is_parameter(s.in[1]) && is_parameter(s.in[2]);
    } else if (s.operation == &detail::log_softmax_operation<T> && g + 1 == groups_.size() &&
               step(source(s.in[0])).leaf == Step<T>::Leaf::none) {
      log_softmax_last_ = true;
    } else {
      in_blocks_ = in_blocks_ && s.operation->apply != nullptr && (s.in[1] < 0 || in_block(s.in[1]));
    }
    for (const Link& link : group.links) in_blocks_ = in_blocks_ && (link.other < 0 || in_block(link.other));
  }
}

template <Floating T>
Index Program<T>::memory() const {
  if (by_rows_) return memory_by_row_ + memory_fixed_;
  Index total = 0;
  for (const Group& group : groups_) total += shape_of(group.last, 1).numel();
  return total;
}

// --- Running ---

template <Floating T>
Call<T> Program<T>::call_of(const Group& group, const Frame& frame, GemmScratch<T>& scratch) noexcept {
  Call<T> call;
  for (std::size_t k = 0; k < call.in.size(); ++k) {
    call.in[k].data = nullptr;
    if (k >= static_cast<std::size_t>(group.operands)) continue;
    const Value& v = group.in[k];
    call.in[k] = {resolve(v.at, frame), v.rows(frame.rows), v.cols(frame.rows), nullptr};
  }
  call.out = resolve(group.out.at, frame);
  call.rows = group.out.rows(frame.rows);
  call.cols = group.out.cols(frame.rows);
  call.shape = nullptr;
  call.attributes = nullptr;
  call.number = group.number;
  call.scratch = &scratch;
  return call;
}

/// For operations that look at shapes, and where not only numbers of rows depend on the number of samples.
template <Floating T>
void Program<T>::run_with_shapes(const Group& group, const Frame& frame, Call<T>& call) const {
  std::array<Shape, 4> shapes;
  for (std::size_t k = 0; k < static_cast<std::size_t>(group.operands); ++k) {
    shapes[k] = shape_of(group.in[k].step, frame.rows);
    call.in[k] = detail::operand_of(call.in[k].data, shapes[k]);
  }
  shapes[3] = shape_of(group.out.step, frame.rows);
  const Operand<T> result = detail::operand_of<T>(call.out, shapes[3]);
  call.rows = result.rows;
  call.cols = result.cols;
  call.shape = &shapes[3];
  call.attributes = step(group.first).attributes.data();
  run_call(group, frame, call);
}

template <Floating T>
void Program<T>::run_call(const Group& group, const Frame& frame, const Call<T>& call) {
  const Operation<T>& operation = *group.operation;
  if (operation.run != nullptr) return operation.run(call);
  Epilogue<T> stages;
  T* const out = call.out;
  if (operation.apply != nullptr)
    stages.add({operation.apply, call.in[0].data, out, call.in[1].data, group.number});
  for (const Link& link : group.links)
    stages.add({link.apply, out, out, resolve(link.other_at, frame), link.number});
  if (operation.apply != nullptr) return stages.over(call.rows * call.cols);
  operation.multiply(call, stages);
}

template <Floating T>
void Program<T>::run_group(const Group& group, const Frame& frame, GemmScratch<T>& scratch) const {
  Call<T> call = call_of(group, frame, scratch);
  if (group.operation->uses_shapes || !by_rows_) return run_with_shapes(group, frame, call);
  run_call(group, frame, call);
}

template <Floating T>
T** Program<T>::bases_for(const Given& given, Index first, Index rows, Workspace<T>& workspace) const {
  T** const bases = workspace.pointers(base_count());
  // Nothing writes to parameters, constants and inputs.
  bases[at_parameters] = const_cast<T*>(given.parameters);
  bases[at_constants] = const_cast<T*>(constants_.data());
  const auto behind = [&](int id) { return by_rows_ ? first * (step(id).shape.numel() / any_rows) : 0; };
  T** at = bases + at_inputs;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    *at++ = const_cast<T*>(given.inputs[i]) + behind(inputs_[i]);
  for (std::size_t i = 0; i < outputs_.size(); ++i) *at++ = given.outputs[i] + behind(outputs_[i]);
  if (by_rows_) {
    bases[at_memory] = workspace.buffer(first_buffer, memory_by_row_ * rows + memory_fixed_);
    bases[at_fixed_memory] = bases[at_memory] + memory_by_row_ * rows;
    return bases;
  }
  for (std::size_t g = 0; g < groups_.size(); ++g, ++at) {
    if (groups_[g].out.at.base == static_cast<std::size_t>(at - bases))
      *at = workspace.buffer(first_buffer + g, shape_of(groups_[g].last, rows).numel());
  }
  return bases;
}

template <Floating T>
void Program<T>::run_part(const Given& given, Index first, Index rows, Workspace<T>& workspace) const {
  const Frame frame{bases_for(given, first, rows, workspace), rows};
  for (const Group& group : groups_) run_group(group, frame, workspace.scratch());
  for (const Copied& c : copied_) {
    std::copy_n(resolve(c.from, frame), shape_of(outputs_[c.output], rows).numel(),
                frame.bases[at_inputs + inputs_.size() + c.output]);
  }
}

/// Threads may not allocate, and smaller batches must not need to later.
template <Floating T>
void Program<T>::reserve(const Given& given, Index rows, Workspace<T>& workspace) const {
  const Frame frame{bases_for(given, 0, rows, workspace), rows};
  for (const Group& group : groups_) {
    if (group.operation->reserve != nullptr)
      group.operation->reserve(call_of(group, frame, workspace.scratch()));
  }
}

template <Floating T>
void Program<T>::check_parameters(std::span<const T> parameters) const {
  if (std::cmp_less(parameters.size(), parameters_end_)) {
    throw Error("Program: expected the parameters of the model that was traced, " +
                std::to_string(parameters_end_) + " numbers or more, got " +
                std::to_string(parameters.size()));
  }
}

template <Floating T>
void Program<T>::run(std::span<const T> parameters, std::span<const T* const> inputs, Index rows,
                     std::span<T* const> outputs, Workspace<T>& workspace) const {
  check_parameters(parameters);
  if (rows < 0 || inputs.size() != inputs_.size() || outputs.size() != outputs_.size()) {
    throw Error("Program: expected " + std::to_string(inputs_.size()) + " inputs, " +
                std::to_string(outputs_.size()) + " outputs and rows >= 0, got " +
                std::to_string(inputs.size()) + ", " + std::to_string(outputs.size()) + " and " +
                std::to_string(rows));
  }
  workspace.recorded() = {};  // its memory is written over
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const Given all{parameters.data(), inputs, outputs};
  if (!by_rows_) return run_part(all, 0, rows, workspace);
  if (rows > 1 && in_blocks_) {
    static_cast<void>(workspace.pointers(base_count()));  // a single row must not allocate later
    return run_in_blocks(all, rows, workspace);
  }
  // So many rows go through all operations at a time: what lies between them stays in a cache, while weights
  // are packed or come from far away for each of these parts. Threads share the products of few rows or far
  // weights, and take rows of their own otherwise, some parts each. A single row would be summed in another
  // order, so none is left over.
  const bool are_far = parameters_ > static_cast<Index>((std::size_t{1} << 22) / sizeof(T));
  constexpr Index fewest = 16;
  constexpr Index few = 64;
  const Index most = are_far ? 256 : 512;
  ThreadPool* const pool = workspace.scratch().pool();
  const Index workers = pool != nullptr && shares_out_ && !are_far && rows > few + 1 ? pool->size() : 1;
  const Index share = (rows + workers - 1) / workers;
  const Index most_of_part = workers == 1 ? most : std::clamp(share / 4, few, most);
  const Index of_part =
      std::clamp((share + fewest - 1) / fewest * fewest, fewest, most_of_part / fewest * fewest);
  const Index parts = (std::max)((rows + of_part - 2) / of_part, Index{1});
  const auto pass = [&](Index part, Workspace<T>& own) {
    const Index first = part * of_part;
    run_part(all, first, part + 1 == parts ? rows - first : of_part, own);
  };
  if (workers == 1) {
    if (parts > 1) reserve(all, of_part + 1, workspace);
    for (Index part = 0; part < parts; ++part) pass(part, workspace);
    return;
  }
  reserve(all, few + 1, workspace);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker)
    reserve(all, of_part + 1, workspace.of_worker(worker));
  pool->parallel_for(parts, [&](Index part, int worker) { pass(part, workspace.of_worker(worker)); });
}

/// Blocks of rows, whose element (row, column) is at column * width + row.
template <Floating T>
void Program<T>::run_in_blocks(const Given& all, Index rows, Workspace<T>& workspace) const {
  const detail::RowBlockKernels<T>& kernels = WICK_CALL(row_block_kernels<T>);
  // Of a row, whatever shape it has outside.
  const Index in_cols = step(inputs_[0]).shape.numel() / any_rows;
  const Index out_cols = step(outputs_[0]).shape.numel() / any_rows;
  // The input and the output have blocks behind the memory of the other values.
  const Index input_at = memory_by_row_;
  const Index output_at = input_at + ParameterBlock<T>::padded(in_cols);
  const Index room = output_at + ParameterBlock<T>::padded(out_cols);
  // Most blocks have the same width, and so the same calls: to find them takes as long as a small layer.
  struct Calls {
    std::array<Call<T>, 16> of;
    Index width = 0;
  };
  const auto block = [&](Index begin, Index count, T* memory, Calls& calls) {
    const Index width = kernels.width_of(count);
    T* const input = memory + input_at * width;
    T* stored = memory + output_at * width;
    const std::array<T*, at_inputs + 2> bases{
        const_cast<T*>(all.parameters), nullptr, memory, nullptr, input, stored};
    const Frame frame{bases.data(), width};
    const std::size_t kept = (std::min)(groups_.size(), calls.of.size());
    if (std::exchange(calls.width, width) != width) {
      for (std::size_t g = 0; g < kept; ++g) calls.of[g] = call_of(groups_[g], frame, workspace.scratch());
    }
    kernels.load(all.inputs[0] + begin * in_cols, count, in_cols, input);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Group& group = groups_[g];
      Call<T> other;
      if (g >= kept) other = call_of(group, frame, workspace.scratch());
      const Call<T>& call = g < kept ? calls.of[g] : other;
      const Index n = call.cols * width;
      std::size_t next = 0;
      if (group.operation->multiply != nullptr) {
        const bool rectifies =
            !group.links.empty() && step(group.links[0].step).operation == &detail::relu_operation<T>;
        next = rectifies ? 1 : 0;
        const auto kernel = call.cols <= narrow_outputs ? kernels.narrow_layer : kernels.layer;
        kernel(call.in[1].cols, call.cols, call.in[1].data, call.in[2].data, call.in[0].data, call.out, width,
               rectifies ? T(0) : -std::numeric_limits<T>::infinity());
      } else if (group.operation->apply != nullptr) {
        group.operation->apply({call.in[0].data, call.out, call.in[1].data, group.number, n});
      } else {
        stored = resolve(group.in[0].at, frame);  // log-softmax goes with storing
      }
      for (; next < group.links.size(); ++next) {
        const Link& link = group.links[next];
        link.apply({call.out, call.out, resolve(link.other_at, frame), link.number, n});
      }
    }
    kernels.store(stored, count, out_cols, all.outputs[0] + begin * out_cols, log_softmax_last_);
  };
  const auto pass = [&](Index begin, Index end, Workspace<T>& own) {
    T* const memory = own.buffer(first_buffer, room * kernels.rows);
    Calls calls;
    for (Index row = begin; row < end; row += kernels.rows)
      block(row, (std::min)(kernels.rows, end - row), memory, calls);
  };
  // To share out less takes longer than to do it.
  constexpr Index worth_sharing = 1 << 18;
  ThreadPool* const pool = workspace.scratch().pool();
  if (pool == nullptr || pool->size() == 1 || rows <= kernels.rows || rows * parameters_ < worth_sharing) {
    return pass(0, rows, workspace);
  }
  // Threads may not allocate, and smaller batches must not need to later.
  pass(0, 0, workspace);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker) pass(0, 0, workspace.of_worker(worker));
  const Index parts = 4 * pool->size();
  const Index blocks = (rows + kernels.rows - 1) / kernels.rows;
  const Index of_part = (blocks + parts - 1) / parts * kernels.rows;
  pool->parallel_for((rows + of_part - 1) / of_part, [&](Index part, int worker) {
    pass(part * of_part, (std::min)(rows, (part + 1) * of_part), workspace.of_worker(worker));
  });
}

template <Floating T>
TensorView<const T> Program<T>::operator()(std::span<const T> parameters, TensorArg<T> x,
                                           Workspace<T>& workspace) const {
  if (inputs_.size() != 1 || outputs_.size() != 1) {
    throw Error("Program: expected one input and one output, got " + std::to_string(inputs_.size()) +
                " and " + std::to_string(outputs_.size()) + "; use run()");
  }
  const auto dims = x.shape().dims();
  const Index rows = dims.empty() ? 0 : dims[0];
  if (dims.empty() || !std::ranges::equal(dims.subspan(1), sample_)) {
    throw ShapeError("Program: expected input " + detail::program_shape(step(inputs_[0]).shape) + ", got " +
                     x.shape().str());
  }
  const Shape shape = output_shape(0, rows);
  const std::size_t place = workspace.result_beside(x.data());
  T* const result = workspace.result(place, shape.numel());
  const T* const input = x.data();
  run(parameters, {&input, 1}, rows, {&result, 1}, workspace);
  return {static_cast<const T*>(result), shape};
}

template <Floating T>
std::ostream& operator<<(std::ostream& out, const Program<T>& program) {
  using Leaf = typename Step<T>::Leaf;
  const auto name = [&](int id) {
    const Step<T>& s = program.step(id);
    if (s.leaf == Leaf::parameter) return "@" + std::to_string(s.place);
    return "%" + std::to_string(id);
  };
  for (std::size_t i = 0; i < program.steps_.size(); ++i) {
    const Step<T>& s = program.steps_[i];
    if (s.leaf == Leaf::parameter) continue;
    out << '%' << i << " = ";
    if (s.leaf != Leaf::none) {
      out << (s.leaf == Leaf::input ? "input" : "constant");
    } else {
      out << s.operation->name << '(';
      for (std::size_t k = 0; k < s.in.size() && s.in[k] >= 0; ++k)
        out << (k > 0 ? ", " : "") << name(s.in[k]);
      if (s.number != T(0)) out << ", " << python_repr(static_cast<double>(s.number));
      out << ')';
    }
    out << ' ' << detail::program_shape(s.shape) << '\n';
  }
  out << "return";
  for (std::size_t i = 0; i < program.outputs_.size(); ++i)
    out << (i > 0 ? ", " : " ") << name(program.outputs_[i]);
  return out << '\n';
}

#ifdef WICK_COMPILED
template class Program<float>;
template class Program<double>;
template std::ostream& operator<<(std::ostream&, const Program<float>&);
template std::ostream& operator<<(std::ostream&, const Program<double>&);
#endif

WICK_END_NAMESPACE
