#pragma once

// Definitions of autograd/softmax.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/softmax.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/ops/softmax.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

/// y (dy - sum(y dy)), each row for itself.
template <Floating T>
[[nodiscard]] Var<T> softmax_gradient(const Var<T>& dy, int y);

// By dy it is its own transpose; by y, g (dy - sum(y dy)) - dy sum(g y).
template <Floating T>
inline constexpr Rule<T> softmax_gradient_rule{
    .name = "softmax_gradient", .derive = [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      const Shape sums = *tape.with_last(id, 1);
      const Var<T> y = tape.kept(id, 1);
      to.add(in[0], [&] { return softmax_gradient(g, in[1]); });
      to.add(in[1], [&] {
        const Var<T> dy = tape.kept(id, 0);
        return g * (dy - sum_to(y * dy, sums)) - dy * sum_to(g * y, sums);
      });
    }};

template <Floating T>
Var<T> softmax_gradient(const Var<T>& dy, int y) {
  Tape<T>& tape = dy.tape();
  const int a = tape.operand(dy);
  const T* const from = tape.value(a);
  const T* const output = tape.value(y);
  const int id = tape.whole_like(softmax_gradient_rule<T>, {a, y, no_node}, y);
  const Node<T>& n = tape.node(id);
  softmax_backward_rows<T>(n.rows, n.cols, output, from, n.value);
  return tape.done(id);
}

template <Floating T>
inline constexpr Rule<T> softmax_rule{
    .name = "softmax", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] { return softmax_gradient(dy, id); });
    }};

}  // namespace detail

template <Floating T>
Var<T> softmax(const Var<T>& x) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  static_cast<void>(tape.value(in));
  return tape.computed(detail::softmax_rule<T>, detail::softmax_operation<T>, {in, no_node, no_node});
}

#ifdef WICK_COMPILED
template Var<float> softmax(const Var<float>&);
template Var<double> softmax(const Var<double>&);
#endif

WICK_END_NAMESPACE
