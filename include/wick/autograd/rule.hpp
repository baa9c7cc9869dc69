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
  const char* name;                                                ///< for messages
  Keeps keeps = Keeps::nothing;                                    ///< what the derivative reads
  void (*apply)(const Stretch<T>&) = nullptr;                      ///< of an elementwise operation
  void (*multiply)(const Call<T>&, const Epilogue<T>&) = nullptr;  ///< of a product
  /// Adds to the gradients by the inputs, given the one by the output.
  void (*derive)(Tape<T>&, int node, const Var<T>& dy, Gradients<T>&) = nullptr;
  /// What this operation and a mask right behind it become, if there is a rule for both at once.
  const Rule* with_mask = nullptr;
  bool is_mask = false;  ///< multiplies by a mask, as dropout does
  bool is_leaf = false;  ///< an input or a parameter, which no operation made
};

/// What becomes of a node in its step. All of it is nothing at first, so that a few wide stores begin it
/// anew.
template <Floating T>
struct alignas(16) NodeState {
  T* value = nullptr;        ///< null: put off, or overwritten in an epilogue
  const T* other = nullptr;  ///< values of the second operand, or a mask
  /// What a whole operation leaves for its derivative; of an input, its gradient; of a parameter, its block.
  void* kept = nullptr;
  T number = 0;           ///< the number of the operation, e.g. a factor
  int uses = 0;           ///< as an input of other nodes
  int handles = 0;        ///< variables that show it
  int mask = 0;           ///< 1 + the place of a mask that nobody needs once the value is there
  char wanted = 0;        ///< whether the way back leads through it, see Gradients
  bool consumed = false;  ///< by backward()
  bool has_grad = false;  ///< something was added to the gradient of this leaf
  bool bypassed = false;  ///< its only user took its place, see Rule::with_mask
};

/// One operation that ran or was put off. Of 128 bytes, so that its number is soon turned into its address.
///
/// What is read as a whole was written as a whole: a load of 16 bytes waits for two stores of 8. So `rows`,
/// `shape` and `cols`, which GCC would load together, are apart.
template <Floating T>
struct Node : NodeState<T> {
  const Rule<T>* rule = nullptr;  ///< what made it
  Index rows = 0;                 ///< elements / cols
  /// Inputs: nodes or parameters (negative), and no_node behind the last one.
  std::array<int, 3> in{no_node, no_node, no_node};
  int gradient = no_node;         ///< the node of its gradient, on the way back
  const Shape* shape = nullptr;   ///< that of the value
  std::uint64_t version = 0;      ///< of the parameters when they were used
  Index cols = 0;                 ///< last dimension; 1 of a scalar
  Shape* own_shape = nullptr;     ///< of this place; `shape` may be that of an input
  int block = -1;                 ///< of a parameter
  bool needs_grad = false;        ///< something that it depends on requires a gradient
  bool reads_parameters = false;  ///< an input is one

  /// Number of elements.
  [[nodiscard]] Index numel() const noexcept { return rows * cols; }
  /// Leaves something that the derivative reads.
  void keep(const void* what) noexcept {
    this->kept = const_cast<void*>(what);  // NOLINT(*-const-cast): as above
  }
};

WICK_END_NAMESPACE
