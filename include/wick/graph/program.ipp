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

/// `[*, 512]`: * is the number of samples.
[[nodiscard]] inline std::string program_shape(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.dim(); ++i) {
    if (i > 0) text += ", ";
    const Index d = shape.dims()[i];
    if (d == 0 || d % any_rows != 0) {
      text += std::to_string(d);
    } else {
      text += d == any_rows ? "*" : std::to_string(d / any_rows) + "*";
    }
  }
  return text + "]";
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
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].leaf == Step<T>::Leaf::input) inputs_.push_back(static_cast<int>(i));
  }
  locations_.resize(steps_.size());
  find_sources();
  find_rows();
  join();
  place();
  find_blocks();
}

template <Floating T>
bool Program<T>::has_rows(const Shape& shape) noexcept {
  return std::ranges::any_of(shape.dims(), [](Index d) { return d > 0 && d % any_rows == 0; });
}

template <Floating T>
Shape Program<T>::shape_for(const Shape& shape, Index rows) {
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::transform(shape.dims(), dims.begin(), [rows](Index d) { return size_for(d, rows); });
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
        at = {Place::input, 0, s.place};
        break;
      case Step<T>::Leaf::parameter:
        at = {Place::parameter, 0, s.place};
        parameters_ += s.shape.numel();
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

  struct Draft {
    int first;
    std::vector<Link> links;
  };
  std::vector<Draft> drafts;
  std::vector<int> draft_of(steps_.size(), -1);  // of the last step of each
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!needed(i)) continue;
    const Step<T>& s = steps_[i];
    int with = -1;
    const auto consider = [&](int id) {
      const auto at = static_cast<std::size_t>(id);
      const Operation<T>* const before = steps_[at].operation;
      if (before == nullptr || uses[at] != 1 || draft_of[at] < 0 || before->run != nullptr) return;
      if (drafts[static_cast<std::size_t>(draft_of[at])].links.size() + 1 <
          static_cast<std::size_t>(Epilogue<T>::most))
        with = (std::max)(with, id);
    };
    const bool two = s.operation->operands == 2;
    if (s.operation->apply != nullptr) {
      consider(source(s.in[0]));
      if (two && s.operation->reversed != nullptr) consider(source(s.in[1]));
    }
    if (with < 0) {
      draft_of[i] = static_cast<int>(drafts.size());
      drafts.push_back({static_cast<int>(i), {}});
      continue;
    }
    const bool in_order = source(s.in[0]) == with;
    const int other = !two ? -1 : in_order ? s.in[1] : s.in[0];
    const int draft = std::exchange(draft_of[static_cast<std::size_t>(with)], -1);
    draft_of[i] = draft;
    drafts[static_cast<std::size_t>(draft)].links.push_back(
        {static_cast<int>(i), other, in_order ? s.operation->apply : s.operation->reversed->apply});
  }
  for (const int draft : draft_of) {
    if (draft < 0) continue;
    const Draft& d = drafts[static_cast<std::size_t>(draft)];
    const auto begin = static_cast<int>(links_.size());
    links_.insert(links_.end(), d.links.begin(), d.links.end());
    groups_.push_back({d.first, begin, static_cast<int>(links_.size())});
  }
}

/// Where each group writes to: an output, or memory that nobody needs at that time.
template <Floating T>
void Program<T>::place() {
  std::vector<int> made_by(steps_.size(), -1);
  std::vector<std::size_t> needed_until(groups_.size(), 0);
  const auto last_of = [&](const Group& g) {
    return g.end > g.begin ? links_[static_cast<std::size_t>(g.end - 1)].step : g.first;
  };
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const auto use = [&](int id) {
      if (id < 0) return;
      const int by = made_by[static_cast<std::size_t>(source(id))];
      if (by >= 0) needed_until[static_cast<std::size_t>(by)] = g;
    };
    for (const int in : step(groups_[g].first).in) use(in);
    for (int i = groups_[g].begin; i < groups_[g].end; ++i) use(links_[static_cast<std::size_t>(i)].other);
    made_by[static_cast<std::size_t>(last_of(groups_[g]))] = static_cast<int>(g);
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    Location& at = locations_[static_cast<std::size_t>(source(outputs_[i]))];
    if (at.place == Place::memory) {
      at = {Place::output, 0, static_cast<Index>(i)};
    } else {
      copied_.push_back(static_cast<int>(i));
    }
  }

  struct Piece {
    Index begin, end;
    std::size_t until;
  };
  std::vector<Piece> taken;  // in order
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const int last = last_of(groups_[g]);
    Location& at = locations_[static_cast<std::size_t>(last)];
    std::erase_if(taken, [g](const Piece& p) { return p.until < g; });
    // What is joined to a group has no memory of its own.
    locations_[static_cast<std::size_t>(groups_[g].first)] = at;
    for (int i = groups_[g].begin; i < groups_[g].end; ++i)
      locations_[static_cast<std::size_t>(links_[static_cast<std::size_t>(i)].step)] = at;
    if (at.place == Place::memory) {
      if (!has_rows(step(last).shape)) {
        at.is_fixed = true;
        at.fixed = memory_fixed_;
        memory_fixed_ += ParameterBlock<T>::padded(step(last).shape.numel());
      } else {
        const Index size = ParameterBlock<T>::padded(step(last).shape.numel() / any_rows);
        auto before = taken.begin();
        Index begin = 0;
        for (; before != taken.end() && before->begin < begin + size; ++before) begin = before->end;
        taken.insert(before, {begin, begin + size, needed_until[g]});
        at.by_row = begin;
        memory_by_row_ = (std::max)(memory_by_row_, begin + size);
      }
    }
    locations_[static_cast<std::size_t>(groups_[g].first)] = at;
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
    const Step<T>& s = step(groups_[g].first);
    in_blocks_ = in_block(groups_[g].first) && in_block(s.in[0]);
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
    for (int i = groups_[g].begin; i < groups_[g].end; ++i) {
      const Link& link = links_[static_cast<std::size_t>(i)];
      in_blocks_ = in_blocks_ && (link.other < 0 || in_block(link.other));
    }
  }
}

// --- Running ---

template <Floating T>
Call<T> Program<T>::call_of(int id, Index rows, T* const* values, GemmScratch<T>& scratch) const {
  const Step<T>& s = step(id);
  const auto cols_of = [rows](const Shape& shape) {
    return shape.dim() == 0 ? Index{1} : size_for(shape.dims()[shape.dim() - 1], rows);
  };
  const auto rows_of = [rows](const Shape& shape) {
    Index n = 1;
    for (std::size_t d = 0; d + 1 < shape.dim(); ++d) n *= size_for(shape.dims()[d], rows);
    return n;
  };
  Call<T> call;
  for (std::size_t k = 0; k < s.in.size() && s.in[k] >= 0; ++k) {
    const Shape& shape = step(s.in[k]).shape;
    call.in[k] = {values[source(s.in[k])], rows_of(shape), cols_of(shape), nullptr};
  }
  call.out = values[id];
  call.rows = rows_of(s.shape);
  call.cols = cols_of(s.shape);
  call.number = s.number;
  call.scratch = &scratch;
  return call;
}

template <Floating T>
void Program<T>::run_group(const Group& group, Index rows, T* const* values, GemmScratch<T>& scratch) const {
  const Step<T>& s = step(group.first);
  T* const out = values[group.first];
  Epilogue<T> stages;
  if (s.operation->apply != nullptr) {
    const T* const other = s.operation->operands == 2 ? values[source(s.in[1])] : nullptr;
    stages.add({s.operation->apply, values[source(s.in[0])], out, other, s.number});
  }
  for (int i = group.begin; i < group.end; ++i) {
    const Link& link = links_[static_cast<std::size_t>(i)];
    const T* const other = link.other < 0 ? nullptr : values[source(link.other)];
    stages.add({link.apply, out, out, other, step(link.step).number});
  }
  if (s.operation->apply != nullptr) return stages.over(size_for(s.shape.numel(), rows));
  Call<T> call = call_of(group.first, rows, values, scratch);
  if (s.operation->multiply != nullptr) return s.operation->multiply(call, stages);
  if (!s.operation->uses_shapes) return s.operation->run(call);
  std::array<Shape, 3> shapes;
  for (std::size_t k = 0; k < s.in.size() && s.in[k] >= 0; ++k) {
    shapes[k] = shape_of(s.in[k], rows);
    call.in[k].shape = &shapes[k];
  }
  const Shape shape = shape_for(s.shape, rows);
  call.shape = &shape;
  s.operation->run(call);
}

template <Floating T>
void Program<T>::run_part(const Pass& pass, Workspace<T>& workspace) const {
  T** const values = workspace.pointers(steps_.size());
  T* const memory =
      by_rows_ ? workspace.buffer(first_buffer, memory_by_row_ * pass.rows + memory_fixed_) : nullptr;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Location& at = locations_[i];
    const auto number = static_cast<std::size_t>(at.fixed);
    const auto behind = [&] { return pass.first * (steps_[i].shape.numel() / any_rows); };
    switch (at.place) {
      case Place::unused:
        values[i] = nullptr;
        break;
      case Place::input:  // nothing writes to an input, a parameter or a constant
        values[i] = const_cast<T*>(pass.inputs[number]) + behind();
        break;
      case Place::parameter:
        values[i] = const_cast<T*>(pass.parameters) + at.fixed;
        break;
      case Place::constant:
        values[i] = const_cast<T*>(constants_.data()) + at.fixed;
        break;
      case Place::output:
        values[i] = pass.outputs[number] + (by_rows_ ? behind() : 0);
        break;
      case Place::memory:
        if (!by_rows_) {
          values[i] = workspace.buffer(first_buffer + i, shape_for(steps_[i].shape, pass.rows).numel());
        } else if (at.is_fixed) {
          values[i] = memory + memory_by_row_ * pass.rows + at.fixed;
        } else {
          values[i] = memory + at.by_row * pass.rows;
        }
        break;
    }
  }
  for (const Group& group : groups_) run_group(group, pass.rows, values, workspace.scratch());
  for (const int i : copied_) {
    const int id = outputs_[static_cast<std::size_t>(i)];
    T* const to = pass.outputs[static_cast<std::size_t>(i)];
    std::copy_n(values[source(id)], shape_of(id, pass.rows).numel(),
                to + (by_rows_ ? pass.first * (step(id).shape.numel() / any_rows) : 0));
  }
}

/// Threads may not allocate, and smaller batches must not need to later.
template <Floating T>
void Program<T>::reserve(const T* parameters, Index rows, Workspace<T>& workspace) const {
  T** const values = workspace.pointers(steps_.size());
  std::fill_n(values, steps_.size(), nullptr);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (locations_[i].place == Place::parameter)
      values[i] = const_cast<T*>(parameters) + locations_[i].fixed;  // nothing writes to it
  }
  static_cast<void>(workspace.buffer(first_buffer, memory_by_row_ * rows + memory_fixed_));
  for (const Group& group : groups_) {
    const Operation<T>* const operation = step(group.first).operation;
    if (operation->reserve != nullptr)
      operation->reserve(call_of(group.first, rows, values, workspace.scratch()));
  }
}

template <Floating T>
void Program<T>::run(std::span<const T> parameters, std::span<const T* const> inputs, Index rows,
                     std::span<T* const> outputs, Workspace<T>& workspace) const {
  workspace.recorded() = {};  // its memory is written over
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const Pass all{parameters.data(), inputs, outputs, 0, rows};
  if (!by_rows_) return run_part(all, workspace);
  if (rows > 1 && in_blocks_) return run_in_blocks(all, workspace);
  // So many rows go through all operations at a time: what lies between them stays in a cache, while weights
  // are packed or come from far away for each of these parts. Threads share the products of few rows or far
  // weights, and take rows of their own otherwise, some parts each. A single row would be summed in another
  // order, so none is left over.
  const bool are_far = parameters_ > static_cast<Index>((std::size_t{1} << 22) / sizeof(T));
  constexpr Index fewest = 16;
  constexpr Index few = 64;
  const Index most = are_far ? 256 : 512;
  ThreadPool* const pool = workspace.scratch().pool();
  const Index workers =
      pool != nullptr && shares_out_ && !are_far && rows > few + 1 ? static_cast<Index>(pool->size()) : 1;
  const Index share = (rows + workers - 1) / workers;
  const Index most_of_part = workers == 1 ? most : std::clamp(share / 4, few, most);
  const Index of_part =
      std::clamp((share + fewest - 1) / fewest * fewest, fewest, most_of_part / fewest * fewest);
  const Index parts = (std::max)((rows + of_part - 2) / of_part, Index{1});
  const auto pass = [&](Index part, Workspace<T>& own) {
    const Index begin = part * of_part;
    run_part({all.parameters, inputs, outputs, begin, part + 1 == parts ? rows - begin : of_part}, own);
  };
  if (workers == 1) {
    if (parts > 1) reserve(all.parameters, of_part + 1, workspace);
    for (Index part = 0; part < parts; ++part) pass(part, workspace);
    return;
  }
  reserve(all.parameters, few + 1, workspace);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker)
    reserve(all.parameters, of_part + 1, workspace.of_worker(worker));
  pool->parallel_for(parts, [&](Index part, int worker) { pass(part, workspace.of_worker(worker)); });
}

/// Blocks of rows, whose element (row, column) is at column * width + row.
template <Floating T>
void Program<T>::run_in_blocks(const Pass& all, Workspace<T>& workspace) const {
  const detail::RowBlockKernels<T>& kernels = WICK_CALL(row_block_kernels<T>);
  const Index in_cols = step(inputs_[0]).shape.dims()[1];
  const Index out_cols = step(outputs_[0]).shape.dims()[1];
  // The input and the output have blocks behind the memory of the other values.
  const Index input_at = memory_by_row_;
  const Index output_at = input_at + ParameterBlock<T>::padded(in_cols);
  const Index room = output_at + ParameterBlock<T>::padded(out_cols);
  const auto block = [&](Index begin, Index count, T* memory, T** values) {
    const Index width = kernels.width_of(count);
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const Location& at = locations_[i];
      switch (at.place) {
        case Place::input:
          values[i] = memory + input_at * width;
          break;
        case Place::parameter:
          values[i] = const_cast<T*>(all.parameters) + at.fixed;  // nothing writes to it
          break;
        case Place::output:
          values[i] = memory + output_at * width;
          break;
        default:
          values[i] = memory + at.by_row * width;
      }
    }
    kernels.load(all.inputs[0] + begin * in_cols, count, in_cols, memory + input_at * width);
    const T* result = memory + output_at * width;
    for (const Group& group : groups_) {
      const Step<T>& s = step(group.first);
      T* const out = values[group.first];
      const T* const in = values[source(s.in[0])];
      const Index cols = s.shape.dims()[1];
      int next = group.begin;
      if (s.operation->multiply != nullptr) {
        const bool rectifies =
            next < group.end &&
            step(links_[static_cast<std::size_t>(next)].step).operation == &detail::relu_operation<T>;
        next += rectifies ? 1 : 0;
        const auto kernel = cols <= narrow_outputs ? kernels.narrow_layer : kernels.layer;
        kernel(step(s.in[1]).shape.dims()[1], cols, values[source(s.in[1])], values[source(s.in[2])], in, out,
               width, rectifies ? T(0) : -std::numeric_limits<T>::infinity());
      } else if (s.operation->apply != nullptr) {
        const T* const other = s.operation->operands == 2 ? values[source(s.in[1])] : nullptr;
        s.operation->apply({in, out, other, s.number, cols * width});
      } else {
        result = in;  // log-softmax goes with storing
      }
      for (; next < group.end; ++next) {
        const Link& link = links_[static_cast<std::size_t>(next)];
        const T* const other = link.other < 0 ? nullptr : values[source(link.other)];
        link.apply({out, out, other, step(link.step).number, cols * width});
      }
    }
    kernels.store(const_cast<T*>(result), count, out_cols, all.outputs[0] + begin * out_cols,
                  log_softmax_last_);
  };
  const auto pass = [&](Index begin, Index end, Workspace<T>& own) {
    T* const memory = own.buffer(first_buffer, room * kernels.rows);
    T** const values = own.pointers(steps_.size());
    for (Index row = begin; row < end; row += kernels.rows)
      block(row, (std::min)(kernels.rows, end - row), memory, values);
  };
  // To share out less takes longer than to do it.
  constexpr Index worth_sharing = 1 << 18;
  ThreadPool* const pool = workspace.scratch().pool();
  if (pool == nullptr || pool->size() == 1 || all.rows <= kernels.rows ||
      all.rows * parameters_ < worth_sharing) {
    return pass(0, all.rows, workspace);
  }
  // Threads may not allocate, and smaller batches must not need to later.
  pass(0, 0, workspace);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker) pass(0, 0, workspace.of_worker(worker));
  const Index parts = 4 * pool->size();
  const Index blocks = (all.rows + kernels.rows - 1) / kernels.rows;
  const Index of_part = (blocks + parts - 1) / parts * kernels.rows;
  pool->parallel_for((all.rows + of_part - 1) / of_part, [&](Index part, int worker) {
    pass(part * of_part, (std::min)(all.rows, (part + 1) * of_part), workspace.of_worker(worker));
  });
}

template <Floating T>
TensorView<const T> Program<T>::operator()(std::span<const T> parameters, TensorArg<T> x,
                                           Workspace<T>& workspace) const {
  if (inputs_.size() != 1 || outputs_.size() != 1) {
    throw Error("Program: expected one input and one output, got " + std::to_string(inputs_.size()) +
                " and " + std::to_string(outputs_.size()) + "; use run()");
  }
  const Index rows = x.dim() > 0 ? x.shape().dims()[0] : 0;
  if (x.dim() == 0 || !(x.shape() == input_shape(0, rows))) {
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
