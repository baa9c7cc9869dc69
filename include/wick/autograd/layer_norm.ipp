#pragma once

// Definitions of autograd/layer_norm.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/layer_norm.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/normalisation.hpp>
#include <wick/kernels/layer_norm.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> layer_norm_gradient_rule{.name = "layer_norm_gradient"};

/// The derivatives in one pass, those of the parameters where they lie. Not recorded.
template <Floating T>
void add_layer_norm_gradients(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  const T* const from = tape.value(tape.operand(dy));
  const T* const x = tape.kept_value(id, 0);
  const T* const gamma = tape.kept_value(id, 1);
  const Index rows = tape.node(id).rows;
  const Index cols = tape.node(id).cols;
  const T* const mean = static_cast<const T*>(tape.node(id).kept);
  const auto sums = tape.sinks(in[1], in[2]);
  const auto run = [&](T* dx) {
    detail::kernels::layer_norm_backward(rows, cols, x, gamma, mean, mean + rows, from, dx, sums.weight,
                                         sums.bias, sums.accumulate == Accumulate::yes);
  };
  if (!to.wants(in[0])) return run(nullptr);
  to.add(in[0], [&] {
    const int gradient =
        tape.whole(layer_norm_gradient_rule<T>, {id, no_node, no_node}, Shape(tape.shape(id)));
    run(tape.node(gradient).value);
    return tape.done(gradient);
  });
}

/// The same from operations, of which there are derivatives.
template <Floating T>
void derive_layer_norm(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  const Var<T> x = tape.kept(id, 0);
  const Var<T> centred = x - mean(x, -1, true);
  const Var<T> rstd = exp(T(-0.5) * log(mean(square(centred), -1, true) + tape.node(id).number));
  const Var<T> normal = centred * rstd;
  to.add(in[1], [&] { return sum_to(dy * normal, tape.shape(in[1])); });
  to.add(in[2], [&] { return sum_to(dy, tape.shape(in[2])); });
  to.add(in[0], [&] {
    const Var<T> g = dy * tape.kept(id, 1);
    return rstd * (g - mean(g, -1, true) - normal * mean(g * normal, -1, true));
  });
}

template <Floating T>
inline constexpr Rule<T> layer_norm_rule{
    .name = "layer_norm", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      if (tape.has_sink(in[1]) && tape.has_sink(in[2]) && in[1] != in[2]) {
        add_layer_norm_gradients(tape, id, dy, to);
      } else {
        derive_layer_norm(tape, id, dy, to);
      }
    }};

template <Floating T>
[[nodiscard]] Var<T> recorded_layer_norm(Tape<T>& tape, int x, int weight, int bias, double eps) {
  const Shape shape = tape.shape(x);
  check_layer_norm(shape, tape.shape(weight), tape.shape(bias));
  const T* const from = tape.value(x);
  const T* const gamma = tape.value(weight);
  const T* const beta = tape.value(bias);
  const int id = tape.whole(layer_norm_rule<T>, {x, weight, bias}, shape);
  Node<T>& n = tape.node(id);
  T* const mean = tape.arena().template take<T>(2 * n.rows);
  n.kept = mean;
  n.number = static_cast<T>(eps);
  detail::kernels::layer_norm_forward(n.rows, n.cols, from, gamma, beta, n.number, n.value, mean,
                                      mean + n.rows);
  return tape.done(id);
}

}  // namespace detail

template <Floating T>
Var<T> layer_norm(const Var<T>& x, const Var<T>& weight, const Var<T>& bias, double eps) {
  Tape<T>& tape = x.tape();
  return detail::recorded_layer_norm(tape, tape.operand(x), tape.operand(weight), tape.operand(bias), eps);
}
template <Floating T>
Var<T> layer_norm(const Var<T>& x, const Slot& weight, const Slot& bias, double eps) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  return detail::recorded_layer_norm(tape, in, tape.parameter_node(weight), tape.parameter_node(bias), eps);
}

#ifdef WICK_COMPILED
template Var<float> layer_norm(const Var<float>&, const Var<float>&, const Var<float>&, double);
template Var<float> layer_norm(const Var<float>&, const Slot&, const Slot&, double);
template Var<double> layer_norm(const Var<double>&, const Var<double>&, const Var<double>&, double);
template Var<double> layer_norm(const Var<double>&, const Slot&, const Slot&, double);
#endif

WICK_END_NAMESPACE
