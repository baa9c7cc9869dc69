#pragma once

// The values of a program under construction.

#include <wick/base/error.hpp>
#include <wick/graph/operation.hpp>
#include <wick/state/parameter_block.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

template <Floating T>
class Trace;

/// In the shapes of a program: the number of samples, for which no size of a model is mistaken, as it is a
/// prime larger than those.
inline constexpr Index any_rows = sizeof(Index) > 4 ? 1'000'003 : 10'007;

namespace detail {

/// Whether a size is so many times the number of samples.
[[nodiscard]] constexpr bool counts_samples(Index size) noexcept { return size > 0 && size % any_rows == 0; }

/// `[*, 512]`: * is the number of samples, ** its square.
[[nodiscard]] inline std::string program_shape(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.dim(); ++i) {
    Index times = shape.dims()[i];
    std::string samples;
    for (; counts_samples(times); times /= any_rows) samples += '*';
    text += (i > 0 ? ", " : "") + (times == 1 && !samples.empty() ? "" : std::to_string(times)) + samples;
  }
  return text + "]";
}

/// Throws ShapeError for an operation along the samples that would need to know their number.
[[noreturn]] void refuse_samples(const char* where, const Shape& x);

}  // namespace detail

/// A value that a program will compute: what a module is called with to be traced. It has a shape, whose
/// first dimension is `any_rows` where there is one row for each sample, and no numbers.
template <Floating T>
class Symbol {
 public:
  /// What the program computes in.
  using Scalar = T;

  /// The value of step `id`.
  Symbol(Trace<T>& trace, int id) noexcept : trace_(&trace), id_(id) {}

  /// Shape of the value.
  [[nodiscard]] Shape shape() const;
  /// Number of dimensions.
  [[nodiscard]] std::size_t dim() const { return shape().dim(); }
  /// Size of one dimension; negative axes count from the end. Throws IndexError.
  [[nodiscard]] Index size(Index axis) const { return shape()[axis]; }
  /// Number of elements.
  [[nodiscard]] Index numel() const { return shape().numel(); }

  /// Itself: a program has no gradients.
  [[nodiscard]] Symbol detach() const noexcept { return *this; }

  /// Named as that of variables, for modules that ask it for parameters.
  [[nodiscard]] Trace<T>& tape() const noexcept { return *trace_; }
  /// Which step it is.
  [[nodiscard]] int id() const noexcept { return id_; }

 private:
  Trace<T>* trace_;
  int id_;
};

/// One operation of a program.
template <Floating T>
struct Step {
  const Operation<T>* operation;  ///< null for inputs, parameters and constants
  std::array<int, 3> in;          ///< earlier steps; -1: none
  T number;                       ///< the operation's, e.g. a factor
  std::vector<Index> attributes;  ///< more numbers that the operation was recorded with
  Shape shape;                    ///< of its value
  /// What a step is that is no operation.
  enum class Leaf : signed char { none, input, parameter, constant };
  Leaf leaf = Leaf::none;  ///< none: it is an operation
  Index place = 0;         ///< of a leaf: number of the input, offset of the parameter or of the constant
};

/// Records what a module does with symbols.
template <Floating T>
class Trace {
 public:
  /// Of a model with this block, which has to live as long.
  explicit Trace(const ParameterBlock<T>& block) : block_(&block) { steps_.reserve(usual_steps); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() = default;

  /// The next input: rows of this shape, one for each sample.
  [[nodiscard]] Symbol<T> input(const Shape& sample);
  /// A parameter of the model. Throws IndexError for a slot of another block.
  [[nodiscard]] Symbol<T> parameter(const Slot& slot);
  /// The program shall read the buffers of the model's block, which this is and which has to live as long as
  /// the trace, where they lie, and so give what the model gives after they have changed. It keeps the block
  /// alive.
  void follow_buffers(const std::shared_ptr<const ParameterBlock<T>>& block) noexcept { followed_ = &block; }
  void follow_buffers(std::shared_ptr<const ParameterBlock<T>>&& block) = delete;
  /// The block that has the constants then; otherwise null, and they are in constants().
  [[nodiscard]] std::shared_ptr<const ParameterBlock<T>> followed() const noexcept {
    return followed_ != nullptr ? *followed_ : nullptr;
  }

  /// Numbers that are the same for all samples. Throws Error for others than buffers of a block that is
  /// followed.
  [[nodiscard]] Symbol<T> constant(TensorArg<T> x);
  /// Throws ShapeError, for shapes that do not fit, and Error for symbols of another trace.
  [[nodiscard]] Symbol<T> record(const Operation<T>& operation, std::span<const Symbol<T>> in, T number = 0,
                                 std::vector<Index> attributes = {});
  [[nodiscard]] Symbol<T> record(const Operation<T>& operation, std::initializer_list<Symbol<T>> in,
                                 T number = 0, std::vector<Index> attributes = {}) {
    return record(operation, std::span<const Symbol<T>>(in.begin(), in.size()), number,
                  std::move(attributes));
  }

  /// The block of the model that is traced, for its buffers: as constants of the program they stay what they
  /// are now, unless it follows them.
  [[nodiscard]] const ParameterBlock<T>& block() const noexcept { return *block_; }

  /// A program predicts.
  [[nodiscard]] static constexpr bool training() noexcept { return false; }

  /// The shape of a step's value.
  [[nodiscard]] const Shape& shape(int id) const { return steps_[static_cast<std::size_t>(id)].shape; }
  /// What was recorded.
  [[nodiscard]] std::vector<Step<T>>& steps() noexcept { return steps_; }
  /// The numbers of all constants.
  [[nodiscard]] std::vector<T>& constants() noexcept { return constants_; }

 private:
  static constexpr std::size_t usual_steps = 24;

  [[nodiscard]] Symbol<T> append(Step<T> step) {
    steps_.push_back(std::move(step));
    return {*this, static_cast<int>(steps_.size()) - 1};
  }
  [[nodiscard]] static const Shape& checked(const char* what, const Shape& shape);

  const ParameterBlock<T>* block_;
  std::vector<Step<T>> steps_;
  std::vector<T> constants_;
  const std::shared_ptr<const ParameterBlock<T>>* followed_ = nullptr;
  std::map<std::size_t, int> parameters_;  ///< steps by number in the block
  Index inputs_ = 0;
};

template <Floating T>
Shape Symbol<T>::shape() const {
  return trace_->shape(id_);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/symbol.ipp>
#endif
