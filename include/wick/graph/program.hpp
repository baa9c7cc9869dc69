#pragma once

// A forward pass as data: operations one after the other, planned once, run any number of times.

#include <wick/graph/detail/plan.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a model computes of its inputs when it predicts. Made by trace().
///
/// A program holds no parameters: each run is given those of a model with the layout of the one that was
/// traced. Runs are const, safe in any number of threads, each with its own workspace, and allocate nothing
/// after the largest number of rows.
///
/// When it is made, elementwise operations are joined to what they follow, and the memory of values that are
/// not needed any more is given to others. If each row of the results depends on one row of the inputs, as it
/// does unless the model sums over samples, a run takes some rows at a time through all operations, so that
/// what lies between them stays in a cache.
template <Floating T = float>
class Program {
 public:
  /// What it computes in.
  using Scalar = T;

  /// A program of nothing, to be assigned to.
  Program() = default;
  /// What `trace` recorded up to `outputs`.
  Program(Trace<T>& trace, std::span<const Symbol<T>> outputs);

  /// The same program with an operation of one operand on its only output. Throws Error for several outputs.
  [[nodiscard]] Program then(const Operation<T>& operation) const;
  /// Whether it reads buffers of a model where they lie, see Trace::follow_buffers().
  [[nodiscard]] bool follows_buffers() const noexcept { return followed_ != nullptr; }
  /// Reads those of `block` from now on, which is a copy of the block that it read. Throws Error for one that
  /// has fewer, and for a program that follows none.
  void follow_buffers(std::shared_ptr<const ParameterBlock<T>> block);
  /// Whether a workspace that `other` ran with has all memory for this one: both have the same operations on
  /// the same shapes.
  [[nodiscard]] bool needs_memory_of(const Program& other) const noexcept;

  /// What is computed, in this order.
  [[nodiscard]] std::span<const Step<T>> steps() const& noexcept { return steps_; }
  void steps() const&& = delete;
  /// The numbers that the model has beside its parameters; if it follows buffers, as they are now.
  [[nodiscard]] std::span<const T> constants() const& noexcept {
    return followed_ != nullptr ? followed_->buffer_values() : constants_;
  }
  void constants() const&& = delete;
  /// The numbers of the inputs and outputs among the steps.
  [[nodiscard]] std::span<const int> inputs() const& noexcept { return inputs_; }
  void inputs() const&& = delete;
  /// Those of the outputs.
  [[nodiscard]] std::span<const int> outputs() const& noexcept { return outputs_; }
  void outputs() const&& = delete;

  /// Whether each row of the outputs depends on that of the inputs alone.
  [[nodiscard]] bool goes_by_rows() const noexcept { return plan_.by_rows; }
  /// Elements that the values of a run with one sample take at a time, inputs and outputs aside.
  [[nodiscard]] Index memory() const;
  /// Shape of an input or output for so many samples.
  [[nodiscard]] Shape input_shape(std::size_t i, Index rows) const { return shape_of(inputs_.at(i), rows); }
  /// Shape of an output for so many samples.
  [[nodiscard]] Shape output_shape(std::size_t i, Index rows) const { return shape_of(outputs_.at(i), rows); }

  /// Throws Error for fewer numbers than the program's parameters reach to: those of another model.
  void check_parameters(std::span<const T> parameters) const;

  /// The results for inputs of `rows` samples each, at `outputs`. `parameters` are the values of the block of
  /// the model that was traced, or of a copy of it. No output may overlap an input. Throws as
  /// check_parameters() does, and Error for a negative number of rows or other numbers of inputs and outputs.
  void run(std::span<const T> parameters, std::span<const T* const> inputs, Index rows,
           std::span<T* const> outputs, Workspace<T>& workspace) const;

  /// The result of a program with one input and one output, as a view into the workspace until the next but
  /// one pass with it; `x` may be the result of the last. Throws ShapeError for another shape than
  /// input_shape(0, rows), and Error for another number of inputs or outputs.
  TensorView<const T> operator()(std::span<const T> parameters, TensorArg<T> x,
                                 Workspace<T>& workspace) const;

  /// A line for each step: `%3 = linear(%0, @0, @401408) [*, 512]`. Parameters are shown by their offsets.
  template <Floating Value>
  friend std::ostream& operator<<(std::ostream& out, const Program<Value>& program);

 private:
  using Plan = detail::Plan<T>;
  using Address = typename Plan::Address;
  using Group = typename Plan::Group;

  static constexpr std::size_t first_buffer = 0;  ///< of the workspace

  /// What a run was given.
  struct Given {
    const T* parameters;
    std::span<const T* const> inputs;
    std::span<T* const> outputs;
  };
  /// What one pass over some of the rows works on.
  struct Frame {
    T* const* bases;  ///< see Plan::Bases
    Index rows;
  };

  void plan();
  [[nodiscard]] const Step<T>& step(int id) const noexcept { return steps_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Shape shape_of(int id, Index rows) const { return detail::shape_for(step(id).shape, rows); }
  [[nodiscard]] std::size_t base_count() const noexcept {
    return Plan::at_inputs + inputs_.size() + outputs_.size() + plan_.groups.size();
  }
  [[nodiscard]] static T* resolve(const Address& at, const Frame& frame) noexcept {
    return frame.bases[at.base] + (at.by_row * frame.rows + at.fixed);
  }
  [[nodiscard]] T** bases_for(const Given& given, Index first, Index rows, Workspace<T>& workspace) const;
  void run_part(const Given& given, Index first, Index rows, Workspace<T>& workspace) const;
  void run_with_shapes(const Group& group, const Frame& frame, Call<T>& call) const;
  static void run_call(const Group& group, const Frame& frame, const Call<T>& call);
  void run_group(const Group& group, const Frame& frame, GemmScratch<T>& scratch) const;
  [[nodiscard]] static Call<T> call_of(const Group& group, const Frame& frame,
                                       GemmScratch<T>& scratch) noexcept;
  void reserve(const Given& given, Index rows, Workspace<T>& workspace) const;
  void run_in_blocks(const Given& all, Index rows, Workspace<T>& workspace) const;

  std::vector<Step<T>> steps_;
  std::vector<T> constants_;
  std::shared_ptr<const ParameterBlock<T>> followed_;  ///< that has the constants
  std::vector<int> inputs_;
  std::vector<int> outputs_;
  Plan plan_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/program.ipp>
#endif
