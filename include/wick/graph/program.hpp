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

  /// The same program with an operation of one operand on its only output. Throws Error for several outputs.
  [[nodiscard]] Program then(const Operation<T>& operation) const;
  /// Whether a workspace that `other` ran with has all memory for this one: both have the same operations on
  /// the same shapes.
  [[nodiscard]] bool needs_memory_of(const Program& other) const noexcept;

  [[nodiscard]] std::span<const Step<T>> steps() const& noexcept { return steps_; }
  void steps() const&& = delete;
  [[nodiscard]] std::span<const T> constants() const& noexcept { return constants_; }
  void constants() const&& = delete;
  /// The numbers of the inputs and outputs among the steps.
  [[nodiscard]] std::span<const int> inputs() const& noexcept { return inputs_; }
  void inputs() const&& = delete;
  [[nodiscard]] std::span<const int> outputs() const& noexcept { return outputs_; }
  void outputs() const&& = delete;

  /// Whether each row of the outputs depends on that of the inputs alone.
  [[nodiscard]] bool goes_by_rows() const noexcept { return by_rows_; }
  /// Elements that the values of a run with one sample take at a time, inputs and outputs aside.
  [[nodiscard]] Index memory() const;
  /// Shape of an input or output for so many samples.
  [[nodiscard]] Shape input_shape(std::size_t i, Index rows) const { return shape_of(inputs_.at(i), rows); }
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
  static constexpr std::size_t first_buffer = 0;  ///< of the workspace

  // Where the numbers of a step are, as the plan is made.
  enum class Place : signed char { unused, parameter, constant, input, output, memory, fixed_memory };
  struct Location {
    Place place = Place::unused;
    Index by_row = 0;  ///< times the number of rows, and
    Index fixed = 0;   ///< elements after the beginning; or number of the input, output or group
  };
  /// The same as a run finds it: element by_row * rows + fixed of the memory that begins at a base.
  struct Address {
    std::size_t base = 0;
    Index by_row = 0;
    Index fixed = 0;
  };
  /// A size that may depend on the number of rows.
  struct Size {
    Size() = default;
    explicit Size(Index n) noexcept
        : by_row(n % any_rows == 0 ? n / any_rows : 0), fixed(n % any_rows == 0 ? 0 : n) {}
    [[nodiscard]] Index operator()(Index rows) const noexcept { return by_row * rows + fixed; }
    Index by_row = 0;
    Index fixed = 0;
  };
  struct Value {
    Address at;
    int step = -1;
    Size rows, cols;
  };
  /// Elementwise operations that run on what was computed just before them.
  struct Link {
    int step;
    int other;  ///< second operand, or -1
    void (*apply)(const Stretch<T>&);
    T number = 0;
    Address other_at = {};
  };
  /// Steps that run together: `first`, and links. The result is in one place from the first to the last.
  struct Group {
    int first;
    int last;
    std::vector<Link> links;
    const Operation<T>* operation = nullptr;
    T number = 0;
    int operands = 0;
    std::array<Value, 3> in = {};
    Value out = {};
  };

  /// What a run was given.
  struct Given {
    const T* parameters;
    std::span<const T* const> inputs;
    std::span<T* const> outputs;
  };
  /// What one pass over some of the rows works on.
  struct Frame {
    T* const*
        bases;  ///< in the order of Bases, then inputs, outputs, and groups that have memory of their own
    Index rows;
  };
  enum Bases : std::size_t { at_parameters, at_constants, at_memory, at_fixed_memory, at_inputs };

  [[nodiscard]] const Step<T>& step(int id) const noexcept { return steps_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] static Shape shape_for(const Shape& shape, Index rows);
  [[nodiscard]] Shape shape_of(int id, Index rows) const { return shape_for(step(id).shape, rows); }
  [[nodiscard]] static bool has_rows(const Shape& shape) noexcept;
  /// What step `id` shows the numbers of.
  [[nodiscard]] int source(int id) const noexcept { return sources_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] Location& location(int id) noexcept {
    return locations_[static_cast<std::size_t>(source(id))];
  }

  void plan();
  void find_sources();
  void find_rows();
  void join();
  void place();
  void prepare();
  void find_blocks();

  [[nodiscard]] std::size_t base_count() const noexcept {
    return at_inputs + inputs_.size() + outputs_.size() + groups_.size();
  }
  [[nodiscard]] Address address_of(int id) noexcept;
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
  void run_in_blocks(const Given& given, Index rows, Workspace<T>& workspace) const;

  std::vector<Step<T>> steps_;
  std::vector<T> constants_;
  std::vector<int> inputs_;
  std::vector<int> outputs_;

  // The plan.
  std::vector<int> sources_;
  std::vector<Location> locations_;
  std::vector<Group> groups_;
  std::vector<Index> sample_;  ///< dimensions of the first input after that of the samples
  struct Copied {
    std::size_t output;
    Address from = {};
  };
  std::vector<Copied> copied_;  ///< outputs that no group writes
  Index memory_by_row_ = 0;     ///< elements
  Index memory_fixed_ = 0;
  Index parameters_ = 0;      ///< numbers of all parameters that are read
  Index parameters_end_ = 0;  ///< behind the last of them in the block
  bool by_rows_ = false;
  bool shares_out_ = false;        ///< threads may run parts of the rows side by side
  bool in_blocks_ = false;         ///< small enough for rows side by side in vectors
  bool log_softmax_last_ = false;  ///< of which
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/program.ipp>
#endif
