#pragma once

// Variables: values on a tape.

#include <wick/autograd/rule.hpp>
#include <wick/ops/gemm_scratch.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Options of Var::backward().
struct BackwardOptions {
  bool retain_graph = false;  ///< do not use up the values on the way, for another backward() through them
};

/// A value that was computed on a tape: the result of an operation, an input, or a parameter.
///
/// Variables are handles: copies show the same value. The tape and the memory of the value live as long as a
/// variable shows it, or until backward() has used the value up and a new input begins the next step; a
/// variable of before throws then. Variables of one tape belong to one thread at a time.
template <Floating T>
class Var {
 public:
  /// What it computes in.
  using Scalar = T;

  /// Shows nothing: to be assigned to.
  Var() = default;
  /// What a node of a tape computes.
  Var(Tape<T>& tape, int node) noexcept;
  Var(const Var& other) noexcept;
  Var(Var&& other) noexcept
      : tape_(std::exchange(other.tape_, nullptr)), node_(other.node_), generation_(other.generation_) {}
  Var& operator=(const Var& other) noexcept {
    Var copy(other);
    swap(copy);
    return *this;
  }
  Var& operator=(Var&& other) noexcept {
    Var taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~Var();

  /// Whether it shows nothing.
  [[nodiscard]] bool empty() const noexcept { return tape_ == nullptr; }
  /// Throws Error for a variable that shows nothing.
  [[nodiscard]] Tape<T>& tape() const {
    if (tape_ == nullptr) refuse_empty();
    return *tape_;
  }

  /// Shape of the value. Throws Error for a variable that shows nothing.
  [[nodiscard]] Shape shape() const;
  /// Size of one dimension; negative axes count from the end. Throws IndexError.
  [[nodiscard]] Index size(Index axis) const { return shape()[axis]; }
  /// Number of dimensions.
  [[nodiscard]] std::size_t dim() const { return shape().dim(); }
  /// Number of elements.
  [[nodiscard]] Index numel() const { return shape().numel(); }
  /// Whether backward() goes through it.
  [[nodiscard]] bool requires_grad() const;

  /// The elements where they lie on the tape, as long as this variable shows them.
  [[nodiscard]] TensorView<const T> value() const&;
  void value() const&& = delete;
  /// A copy of the elements.
  [[nodiscard]] Tensor<T> tensor() const;
  /// The one element. Throws ShapeError for more or less than one.
  [[nodiscard]] T item() const;

  /// The same value, through which no gradient goes.
  [[nodiscard]] Var detach() const;

  /// Adds the derivatives by all parameters to the gradients in their blocks, or writes them over what is
  /// there, and those by inputs that require a gradient to what grad() shows. The values on the way are used
  /// up unless the graph is retained. Throws Error unless this is a single number, computed from something
  /// that requires a gradient, not used up, and no parameter needed for it was changed since.
  void backward(Accumulate accumulate = Accumulate::yes, bool retain_graph = false) const;
  /// The same by name: `loss.backward({.retain_graph = true})`.
  void backward(const BackwardOptions& options) const { backward(Accumulate::yes, options.retain_graph); }
  /// What backward() left for this input. Throws Error when there is nothing.
  [[nodiscard]] TensorView<const T> grad() const&;
  void grad() const&& = delete;

 private:
  friend class Tape<T>;

  void swap(Var& other) noexcept {
    std::swap(tape_, other.tape_);
    std::swap(node_, other.node_);
    std::swap(generation_, other.generation_);
  }
  [[noreturn]] static void refuse_empty();

  Tape<T>* tape_ = nullptr;
  int node_ = no_node;
  std::uint32_t generation_ = 0;
};

WICK_END_NAMESPACE
