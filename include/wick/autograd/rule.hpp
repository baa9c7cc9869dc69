#pragma once

// What a tape knows of an operation, and what it notes of each one that ran.

#include <wick/base/types.hpp>
#include <wick/graph/operation.hpp>
#include <wick/tensor/shape.hpp>

#include <array>
#include <cstdint>
#include <limits>

WICK_BEGIN_NAMESPACE

template <Floating T>
class Tape;
template <Floating T>
class Var;
template <Floating T>
class Gradients;
template <Floating T>
struct Node;

/// In place of a node that is not there.
inline constexpr int no_node = (std::numeric_limits<int>::max)();

/// What the derivative of an elementwise operation reads of the forward pass: that is not overwritten.
enum class Keeps : signed char { nothing, input, output };

/// An operation.
///
/// An *elementwise* one has `apply`; it is put off until its value is asked for, to run together with those
/// after it. A *product* has `multiply`; it is put off too, and those after it run as its epilogue. Any other
/// one runs when it is recorded.
///
/// `derive` is the derivative: given that of the loss by the operation's output, it adds those by its inputs
/// to the gradients, computed by operations. These are recorded like all others when a derivative of them is
/// wanted, so an operation has derivatives of every order for which its rule's own operations have one.
template <Floating T>
struct Rule {
  const char* name;
  Keeps keeps = Keeps::nothing;
  void (*apply)(const Stretch<T>&) = nullptr;
  void (*multiply)(const Call<T>&, const Epilogue<T>&) = nullptr;
  void (*derive)(Tape<T>&, int node, const Var<T>& dy, Gradients<T>&) = nullptr;
  /// What this operation and a mask right behind it become, if there is a rule for both at once.
  const Rule* with_mask = nullptr;
  bool is_mask = false;
  bool is_leaf = false;  ///< an input or a parameter, which no operation made
};

/// One operation that ran or was put off.
template <Floating T>
struct Node {
  Node(const Rule<T>& of, const std::array<int, 3>& inputs, const Shape* result, Index row_count,
       Index col_count, bool needs) noexcept
      : rule(&of), in(inputs), shape(result), rows(row_count), cols(col_count), needs_grad(needs) {}

  const Rule<T>* rule;
  std::array<int, 3> in;  ///< inputs: nodes, parameters (negative), or no_node
  const Shape* shape;
  Index rows;                 ///< elements / cols
  Index cols;                 ///< last dimension; 1 of a scalar
  T* value = nullptr;         ///< null: put off, or overwritten in an epilogue
  const T* other = nullptr;   ///< values of the second operand, or a mask
  void* kept = nullptr;       ///< what a whole operation leaves for its derivative; of a leaf, its gradient
  Index offset = -1;          ///< of a parameter in its block
  std::uint64_t version = 0;  ///< of the parameters when they were used
  T number = 0;
  int block = -1;   ///< of a parameter
  int uses = 0;     ///< as an input of other nodes
  int handles = 0;  ///< variables that show it
  int mask = -1;    ///< place of a mask that nobody needs once the value is there
  bool needs_grad;
  bool consumed = false;  ///< by backward()
  bool has_grad = false;  ///< something was added to the gradient of this leaf
  bool bypassed = false;  ///< its only user took its place, see Rule::with_mask

  [[nodiscard]] Index numel() const noexcept { return rows * cols; }
};

WICK_END_NAMESPACE
