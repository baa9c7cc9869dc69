#pragma once

// A forward pass as data: operations one after the other, planned once, run any number of times.

#include <wick/graph/epilogue.hpp>
#include <wick/graph/operation.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
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
  using Scalar = T;

  /// A program of nothing, to be assigned to.
  Program() = default;
  /// What `trace` recorded up to `outputs`.
  Program(Trace<T>& trace, std::span<const Symbol<T>> outputs);

  [[nodiscard]] std::span<const Step<T>> steps() const& noexcept { return steps_; }
  void steps() const&& = delete;
  [[nodiscard]] std::span<const T> constants() const& noexcept { return constants_; }
  void constants() const&& = delete;
  /// The numbers of the inputs and outputs among the steps.
  [[nodiscard]] std::span<const int> inputs() const& noexcept { return inputs_; }
  void inputs() const&& = delete;
  [[nodiscard]] std::span<const int> outputs() const& noexcept { return outputs_; }
  void outputs() const&& = delete;

  /// Shape of an input or output for so many samples.
  [[nodiscard]] Shape input_shape(std::size_t i, Index rows) const { return shape_of(inputs_.at(i), rows); }
  [[nodiscard]] Shape output_shape(std::size_t i, Index rows) const { return shape_of(outputs_.at(i), rows); }

  /// The results for inputs of `rows` samples each, at `outputs`. `parameters` is the block of the model's
  /// values. No output may overlap an input.
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
  static constexpr std::size_t first_buffer = 0;  ///< of the workspace

  // Where the numbers of a step are.
  enum class Place : signed char { unused, input, parameter, constant, output, memory };
  struct Location {
    Place place = Place::unused;
    Index by_row = 0;       ///< times the number of rows, and
    Index fixed = 0;        ///< elements after the beginning, or number of the input or output
    bool is_fixed = false;  ///< memory that does not depend on the rows
  };
  /// Steps that run together: `first`, and elementwise ones that follow it.
  struct Group {
    int first;
    int begin;  ///< of the others among links_
    int end;
  };
  struct Link {
    int step;
    int other;  ///< second operand, or -1
    void (*apply)(const Stretch<T>&);
  };

  [[nodiscard]] const Step<T>& step(int id) const noexcept { return steps_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] static Shape shape_for(const Shape& shape, Index rows);
  [[nodiscard]] Shape shape_of(int id, Index rows) const { return shape_for(step(id).shape, rows); }
  [[nodiscard]] static bool has_rows(const Shape& shape) noexcept;
  [[nodiscard]] static Index size_for(Index size, Index rows) noexcept {
    return size % any_rows == 0 ? size / any_rows * rows : size;
  }
  /// What step `id` shows the numbers of.
  [[nodiscard]] int source(int id) const noexcept { return sources_[static_cast<std::size_t>(id)]; }

  void find_sources();
  void find_rows();
  void join();
  void place();
  void find_blocks();

  struct Pass {
    const T* parameters;
    std::span<const T* const> inputs;
    std::span<T* const> outputs;
    Index first;  ///< row
    Index rows;
  };
  void run_part(const Pass& pass, Workspace<T>& workspace) const;
  void run_group(const Group& group, Index rows, T* const* values, GemmScratch<T>& scratch) const;
  [[nodiscard]] Call<T> call_of(int id, Index rows, T* const* values, GemmScratch<T>& scratch) const;
  void reserve(const T* parameters, Index rows, Workspace<T>& workspace) const;
  void run_in_blocks(const Pass& pass, Workspace<T>& workspace) const;

  std::vector<Step<T>> steps_;
  std::vector<T> constants_;
  std::vector<int> inputs_;
  std::vector<int> outputs_;

  // The plan.
  std::vector<int> sources_;
  std::vector<Location> locations_;
  std::vector<Group> groups_;
  std::vector<Link> links_;
  std::vector<int> copied_;  ///< outputs that no group writes
  Index memory_by_row_ = 0;  ///< elements
  Index memory_fixed_ = 0;
  Index parameters_ = 0;  ///< numbers of all parameters that are read
  bool by_rows_ = false;
  bool shares_out_ = false;        ///< threads may run parts of the rows side by side
  bool in_blocks_ = false;         ///< small enough for rows side by side in vectors
  bool log_softmax_last_ = false;  ///< of which
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/program.ipp>
#endif
