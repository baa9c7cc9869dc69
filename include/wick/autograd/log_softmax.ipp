#pragma once

// Definitions of autograd/log_softmax.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/ops/log_softmax.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

/// dy - exp(y) * sum(dy), each row for itself, as a node.
template <Floating T>
[[nodiscard]] int log_softmax_gradient(const Var<T>& dy, int y);

// With e = exp(y): by dy, the transpose g - sum(g e); by y, -g e sum(dy).
template <Floating T>
inline constexpr Rule<T> log_softmax_gradient_rule{
    .name = "log_softmax_gradient", .derive = [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      const Var<T> weighted = g * exp(tape.kept(id, 1));
      const Shape sums = *tape.with_last(id, 1);
      to.add(in[0], [&] { return g - sum_to(weighted, sums); });
      to.add(in[1], [&] { return -(weighted * sum_to(tape.kept(id, 0), sums)); });
    }};

template <Floating T>
int log_softmax_gradient(const Var<T>& dy, int y) {
  Tape<T>& tape = dy.tape();
  const int a = tape.operand(dy);
  const T* const from = tape.value(a);
  const T* const output = tape.value(y);
  const int id = tape.whole_like(log_softmax_gradient_rule<T>, {a, y, no_node}, y);
  const Node<T>& n = tape.node(id);
  log_softmax_backward_rows<T>(n.rows, n.cols, output, from, n.value);
  return tape.done_node(id);
}

template <Floating T>
inline constexpr Rule<T> log_softmax_rule{
    .name = "log_softmax", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] { return log_softmax_gradient(dy, id); });
    }};

}  // namespace detail

template <Floating T>
Var<T> log_softmax(const Var<T>& x) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  static_cast<void>(tape.value(in));
  return tape.computed(detail::log_softmax_rule<T>, detail::log_softmax_operation<T>, {in, no_node, no_node});
}

#ifdef WICK_COMPILED
template Var<float> log_softmax(const Var<float>&);
template Var<double> log_softmax(const Var<double>&);
#endif

WICK_END_NAMESPACE
