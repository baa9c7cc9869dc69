#pragma once

// Gradients of the nodes of a tape, while they are being computed.

#include <wick/autograd/rule.hpp>
#include <wick/autograd/var.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

/// Gradients on their way back, for the nodes through which they go.
template <Floating T>
class Gradients {
 public:
  /// Whether the way back leads through a node.
  [[nodiscard]] bool wants(int node) const { return tape_.node(node).wanted != 0; }

  /// Adds what `part()` computes, a variable of the node's shape or the number of its node, to the gradient
  /// of a node, if that is wanted.
  template <class Function>
  void add(int node, const Function& part) {
    if (node == no_node || !wants(node)) return;
    if constexpr (std::is_same_v<decltype(part()), int>) {
      put(node, part());
    } else {
      const Var<T> added = part();
      put(node, tape_.operand(added));
    }
  }

 private:
  friend class Tape<T>;

  // What Node::wanted says.
  static constexpr char on_the_way = 1;  ///< to something that gradients are wanted of
  static constexpr char reached = 2;     ///< the outputs were computed from it
  static constexpr char asked = 4;       ///< its own gradient is a result

  explicit Gradients(Tape<T>& tape) noexcept : tape_(tape) {}
  void put(int node, int part) {
    if (Node<T>& n = tape_.node(node); node >= 0 && n.gradient == no_node) {
      n.gradient = part;
    } else {
      accumulate(node, part);
    }
  }
  void accumulate(int node, int part);

  Tape<T>& tape_;
  bool into_blocks_ = false;  ///< those of parameters are added to their blocks at once
};

WICK_END_NAMESPACE
