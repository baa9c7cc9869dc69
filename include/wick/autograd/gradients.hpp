#pragma once

// Gradients of the nodes of a tape, while they are being computed.

#include <wick/autograd/rule.hpp>
#include <wick/autograd/var.hpp>

#include <cstddef>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Gradients on their way back, for the nodes through which they go.
template <Floating T>
class Gradients {
 public:
  [[nodiscard]] bool wants(int node) const { return wanted(node) != 0; }

  /// Adds what `part()` computes, a variable of the node's shape, to the gradient of a node, if that is
  /// wanted.
  template <class Function>
  void add(int node, const Function& part) {
    if (node == no_node || !wants(node)) return;
    accumulate(node, part());
  }

 private:
  friend class Tape<T>;

  void accumulate(int node, Var<T>&& part);
  [[nodiscard]] Var<T>& at(int node) {
    return node >= 0 ? nodes_[static_cast<std::size_t>(node)] : parameters_[static_cast<std::size_t>(~node)];
  }
  [[nodiscard]] const char& wanted(int node) const {
    return node >= 0 ? wanted_[static_cast<std::size_t>(node)]
                     : wanted_parameters_[static_cast<std::size_t>(~node)];
  }
  [[nodiscard]] char& wanted(int node) {
    return const_cast<char&>(static_cast<const Gradients&>(*this).wanted(node));
  }
  void begin(std::size_t nodes, std::size_t parameters) {
    nodes_.resize(nodes);
    parameters_.resize(parameters);
    wanted_.assign(nodes, 0);
    wanted_parameters_.assign(parameters, 0);
  }
  void clear() {
    nodes_.clear();
    parameters_.clear();
  }

  std::vector<Var<T>> nodes_;
  std::vector<Var<T>> parameters_;
  std::vector<char> wanted_;
  std::vector<char> wanted_parameters_;
  bool into_blocks_ = false;  ///< those of parameters are added to their blocks at once
};

WICK_END_NAMESPACE
