#pragma once

// Definitions of autograd/linear.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/linear.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/linear.hpp>
#include <wick/ops/affine.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

/// x as a matrix.
template <Floating T>
[[nodiscard]] Var<T> as_rows(const Var<T>& x) {
  const Node<T>& n = x.tape().node(x.tape().operand(x));
  return n.shape->dim() == 2 ? x : reshape(x, Shape{n.rows, n.cols});
}

/// dy W, the derivative of linear() by its input, as a node.
template <Floating T>
[[nodiscard]] inline int linear_input(Tape<T>& tape, const Var<T>& dy, int weight);

template <Floating T>
inline constexpr Rule<T> linear_input_rule{
    .name = "linear_input",
    .multiply =
        [](const Call<T>& call, const Epilogue<T>& epilogue) {
          affine_backward_input(call.rows, call.in[0].data, affine_of(call), call.out, *call.scratch,
                                [&epilogue, cols = call.cols](T*, Index row, Index col, Index count) {
                                  epilogue(row * cols + col, count);
                                });
        },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          const std::array<int, 3> in = tape.node(id).in;
          to.add(in[0], [&] {
            return reshape(product<Trans::no, Trans::yes>(as_rows(g), tape.kept(id, 1)), tape.shape(in[0]));
          });
          to.add(in[1],
                 [&] { return product<Trans::yes, Trans::no>(as_rows(tape.kept(id, 0)), as_rows(g)); });
        }};

template <Floating T>
inline int linear_input(Tape<T>& tape, const Var<T>& dy, int weight) {
  const int in = tape.operand(dy);
  static_cast<void>(tape.value(in));
  return tape.product_node(linear_input_rule<T>, {in, weight, no_node},
                           tape.with_last(in, tape.node(weight).cols));
}

/// Both sums of linear() over the rows, added to the gradients of the parameters where they lie.
template <Floating T>
inline void add_linear_gradients(Tape<T>& tape, int id, const T* dy) {
  const std::array<int, 3> in = tape.node(id).in;
  const Index rows = tape.node(id).rows;
  const Index cols = tape.node(in[1]).cols;
  const Index out = tape.node(in[1]).rows;
  const T* const x = tape.kept_value(id, 0);
  const auto to = tape.sinks(in[1], in[2]);
  affine_backward_parameters(rows, x, dy, AffineGrad<T>{cols, out, to.weight, to.bias}, tape.scratch(),
                             to.accumulate);
}

/// The same as operations.
template <Floating T>
void record_linear_gradients(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  to.add(in[1], [&] { return product<Trans::yes, Trans::no>(as_rows(dy), as_rows(tape.kept(id, 0))); });
  to.add(in[2], [&] { return sum_to(dy, tape.shape(in[2])); });
}

template <Floating T>
inline constexpr Rule<T> linear_rule{.name = "linear",
                                     .multiply = linear_operation<T>.multiply,
                                     .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                       const std::array<int, 3> in = tape.node(id).in;
                                       if (tape.has_sink(in[1]) && tape.has_sink(in[2]) && in[1] != in[2]) {
                                         add_linear_gradients(tape, id, tape.value(tape.operand(dy)));
                                       } else {
                                         record_linear_gradients(tape, id, dy, to);
                                       }
                                       to.add(in[0], [&] {
                                         static_cast<void>(tape.kept_value(id, 1));
                                         return linear_input(tape, dy, in[1]);
                                       });
                                     }};

template <Floating T>
[[nodiscard]] inline Var<T> recorded_linear(Tape<T>& tape, int x, int w, int b) {
  // What fits as a rule is seen without a call; the rest is looked at closely, and refused.
  const Node<T>& weight = tape.node(w);
  const bool fits = tape.shape(x).dim() == 2 && weight.shape->dim() == 2 && tape.shape(b).dim() == 1 &&
                    weight.cols == tape.node(x).cols && weight.rows == tape.node(b).cols;
  if (!fits) check_linear(tape.shape(x), tape.shape(w), tape.shape(b));
  static_cast<void>(tape.value(w));
  static_cast<void>(tape.value(b));
  static_cast<void>(tape.value(x));
  return tape.product(linear_rule<T>, {x, w, b}, tape.with_last(x, tape.node(w).rows));
}

}  // namespace detail

template <Floating T>
Var<T> linear(const Var<T>& x, const Var<T>& weight, const Var<T>& bias) {
  Tape<T>& tape = x.tape();
  return detail::recorded_linear(tape, tape.operand(x), tape.operand(weight), tape.operand(bias));
}
template <Floating T>
Var<T> linear(const Var<T>& x, const Slot& weight, const Slot& bias) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  return detail::recorded_linear(tape, in, tape.parameter_node(weight), tape.parameter_node(bias));
}

#ifdef WICK_COMPILED
template Var<float> linear(const Var<float>&, const Var<float>&, const Var<float>&);
template Var<float> linear(const Var<float>&, const Slot&, const Slot&);
template Var<double> linear(const Var<double>&, const Var<double>&, const Var<double>&);
template Var<double> linear(const Var<double>&, const Slot&, const Slot&);
#endif

WICK_END_NAMESPACE
