#pragma once

// Definitions of graph/program.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/graph/elementwise.hpp>
#include <wick/graph/program.hpp>
#include <wick/kernels/row_block.hpp>
#include <wick/state/parameter_block.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
Program<T>::Program(Trace<T>& trace, std::span<const Symbol<T>> outputs)
    : steps_(std::move(trace.steps())),
      constants_(std::move(trace.constants())),
      followed_(trace.followed()) {
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
  result.steps_.reserve(steps_.size() + 1);
  result.steps_.assign(steps_.begin(), steps_.end());
  result.constants_ = constants_;
  result.followed_ = followed_;
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
void Program<T>::follow_buffers(std::shared_ptr<const ParameterBlock<T>> block) {
  const auto size = block == nullptr ? Index{0} : static_cast<Index>(block->buffer_values().size());
  const bool fits = std::ranges::all_of(steps_, [&](const Step<T>& s) {
    return s.leaf != Step<T>::Leaf::constant || s.place + s.shape.numel() <= size;
  });
  if (!fits || followed_ == nullptr)
    throw Error("Program: expected a copy of the block whose buffers the program reads");
  followed_ = std::move(block);
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
  plan_ = detail::make_plan<T>(steps_, inputs_, outputs_);
}

template <Floating T>
Index Program<T>::memory() const {
  if (plan_.by_rows) return plan_.memory_by_row + plan_.memory_fixed;
  Index total = 0;
  for (const Group& group : plan_.groups) total += shape_of(group.last, 1).numel();
  return total;
}

// --- Running ---

template <Floating T>
Call<T> Program<T>::call_of(const Group& group, const Frame& frame, GemmScratch<T>& scratch) noexcept {
  Call<T> call;
  const auto set = [&](std::size_t k) {
    if (k >= static_cast<std::size_t>(group.operands)) {
      call.in[k].data = nullptr;
      return;
    }
    const auto& v = group.in[k];
    call.in[k] = {resolve(v.at, frame), v.rows(frame.rows), v.cols(frame.rows), nullptr};
  };
  set(0);
  set(1);
  set(2);
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
    stages.add({call.in[0].data, operation.apply, out, call.in[1].data, group.number});
  for (const auto& link : group.links)
    stages.add({out, link.apply, out, resolve(link.other_at, frame), link.number});
  if (operation.apply != nullptr) return stages.over(call.rows * call.cols);
  operation.multiply(call, stages);
}

template <Floating T>
void Program<T>::run_group(const Group& group, const Frame& frame, GemmScratch<T>& scratch) const {
  Call<T> call = call_of(group, frame, scratch);
  if (group.operation->uses_shapes || !plan_.by_rows) return run_with_shapes(group, frame, call);
  run_call(group, frame, call);
}

namespace detail {
/// Parameters, constants and inputs, among addresses of which others are written to.
template <class T>
[[nodiscard]] T* unwritten(const T* values) noexcept {
  return const_cast<T*>(values);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}
}  // namespace detail

template <Floating T>
T** Program<T>::bases_for(const Given& given, Index first, Index rows, Workspace<T>& workspace) const {
  T** const bases = workspace.pointers(base_count());
  bases[Plan::at_parameters] = detail::unwritten(given.parameters);
  bases[Plan::at_constants] = detail::unwritten(constants().data());
  const auto behind = [&](int id) {
    return plan_.by_rows && first > 0 ? first * (step(id).shape.numel() / any_rows) : 0;
  };
  T** at = bases + Plan::at_inputs;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    *at++ = detail::unwritten(given.inputs[i]) + behind(inputs_[i]);
  for (std::size_t i = 0; i < outputs_.size(); ++i) *at++ = given.outputs[i] + behind(outputs_[i]);
  if (plan_.by_rows) {
    bases[Plan::at_memory] = workspace.buffer(first_buffer, plan_.memory_by_row * rows + plan_.memory_fixed);
    bases[Plan::at_fixed_memory] = bases[Plan::at_memory] + plan_.memory_by_row * rows;
    return bases;
  }
  for (std::size_t g = 0; g < plan_.groups.size(); ++g, ++at) {
    if (plan_.groups[g].out.at.base == static_cast<std::size_t>(at - bases))
      *at = workspace.buffer(first_buffer + g, shape_of(plan_.groups[g].last, rows).numel());
  }
  return bases;
}

template <Floating T>
void Program<T>::run_part(const Given& given, Index first, Index rows, Workspace<T>& workspace) const {
  const Frame frame{bases_for(given, first, rows, workspace), rows};
  for (const Group& group : plan_.groups) run_group(group, frame, workspace.scratch());
  for (const auto& c : plan_.copied) {
    std::copy_n(resolve(c.from, frame), shape_of(outputs_[c.output], rows).numel(),
                frame.bases[Plan::at_inputs + inputs_.size() + c.output]);
  }
}

/// Threads may not allocate, and smaller batches must not need to later.
template <Floating T>
void Program<T>::reserve(const Given& given, Index rows, Workspace<T>& workspace) const {
  const Frame frame{bases_for(given, 0, rows, workspace), rows};
  for (const Group& group : plan_.groups) {
    if (group.operation->reserve != nullptr)
      group.operation->reserve(call_of(group, frame, workspace.scratch()));
  }
}

template <Floating T>
void Program<T>::check_parameters(std::span<const T> parameters) const {
  if (std::cmp_less(parameters.size(), plan_.parameters_end)) {
    throw Error("Program: expected the parameters of the model that was traced, " +
                std::to_string(plan_.parameters_end) + " numbers or more, got " +
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
  const ThreadPool::Burst burst(workspace.scratch().pool());
  const Given all{parameters.data(), inputs, outputs};
  if (!plan_.by_rows) return run_part(all, 0, rows, workspace);
  if (rows > 1 && plan_.in_blocks) {
    static_cast<void>(workspace.pointers(base_count()));  // a single row must not allocate later
    return run_in_blocks(all, rows, workspace);
  }
  // So many rows go through all operations at a time: what lies between them stays in a cache, while weights
  // are packed or come from far away for each of these parts. Threads share the products of few rows or far
  // weights, and take rows of their own otherwise, some parts each. A single row would be summed in another
  // order, so none is left over.
  const bool are_far = plan_.parameters > static_cast<Index>((std::size_t{1} << 22) / sizeof(T));
  constexpr Index fewest = 16;
  if (rows <= fewest) return run_part(all, 0, rows, workspace);
  constexpr Index few = 64;
  const Index most = are_far ? 256 : 1024;
  ThreadPool* const pool = workspace.scratch().pool();
  const Index workers = pool != nullptr && plan_.shares_out && !are_far && rows > few + 1 ? pool->size() : 1;
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
// NOLINTNEXTLINE(readability-function-cognitive-complexity): blocks, the groups in one, links behind those
void Program<T>::run_in_blocks(const Given& all, Index rows, Workspace<T>& workspace) const {
  const detail::RowBlockKernels<T>& kernels = detail::kernels::row_block_kernels<T>();
  // Of a row, whatever shape it has outside.
  const Index in_cols = step(inputs_[0]).shape.numel() / any_rows;
  const Index out_cols = step(outputs_[0]).shape.numel() / any_rows;
  // The input and the output have blocks behind the memory of the other values.
  const Index input_at = plan_.memory_by_row;
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
    const std::array<T*, Plan::at_inputs + 2> bases{
        detail::unwritten(all.parameters), nullptr, memory, nullptr, input, stored};
    const Frame frame{bases.data(), width};
    const std::size_t kept = (std::min)(plan_.groups.size(), calls.of.size());
    if (std::exchange(calls.width, width) != width) {
      for (std::size_t g = 0; g < kept; ++g)
        calls.of[g] = call_of(plan_.groups[g], frame, workspace.scratch());
    }
    kernels.load(all.inputs[0] + begin * in_cols, count, in_cols, input);
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
      const Group& group = plan_.groups[g];
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
        const auto& link = group.links[next];
        link.apply({call.out, call.out, resolve(link.other_at, frame), link.number, n});
      }
    }
    kernels.store(stored, count, out_cols, all.outputs[0] + begin * out_cols, plan_.log_softmax_last);
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
  if (pool == nullptr || pool->size() == 1 || rows <= kernels.rows ||
      rows * plan_.parameters < worth_sharing) {
    return pass(0, rows, workspace);
  }
  // Threads may not allocate, and smaller batches must not need to later.
  pass(0, 0, workspace);
  workspace.reserve_workers(pool->size());
  for (int worker = 0; worker < pool->size(); ++worker) pass(0, 0, workspace.of_worker(worker));
  const Index parts = Index{4} * pool->size();
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
  if (dims.empty() || !std::ranges::equal(dims.subspan(1), plan_.sample)) {
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
