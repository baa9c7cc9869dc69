#pragma once

// Definitions of autograd/broadcast.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/shapes.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> reshape_rule{
    .name = "reshape", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const int in = tape.node(id).in[0];
      to.add(in, [&] { return reshape(dy, tape.shape(in)); });
    }};
template <Floating T>
inline constexpr Rule<T> expand_rule{.name = "expand",
                                     .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                       const int in = tape.node(id).in[0];
                                       to.add(in, [&] { return sum_to(dy, tape.shape(in)); });
                                     }};
template <Floating T>
inline constexpr Rule<T> sum_to_rule{.name = "sum",
                                     .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                       const int in = tape.node(id).in[0];
                                       to.add(in, [&] { return expand(dy, tape.shape(in)); });
                                     }};

}  // namespace detail

template <Floating T>
Var<T> reshape(const Var<T>& x, const Shape& shape) {
  const Shape from = x.shape();
  detail::check_reshape(from, shape);
  if (from == shape) return x;
  return x.tape().alias(detail::reshape_rule<T>, x, shape);
}

template <Floating T>
Var<T> expand(const Var<T>& x, const Shape& shape) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  if (tape.shape(in) == shape) return x;
  detail::check_broadcasts("expand", tape.shape(in), shape);
  static_cast<void>(tape.value(in));
  return tape.computed(detail::expand_rule<T>, detail::expand_operation<T>, {in, no_node, no_node}, shape);
}

template <Floating T>
Var<T> sum_to(const Var<T>& x, const Shape& shape) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  if (tape.shape(in) == shape) return x;
  detail::check_broadcasts("sum_to", shape, tape.shape(in));
  static_cast<void>(tape.value(in));
  return tape.computed(detail::sum_to_rule<T>, detail::sum_to_operation<T>, {in, no_node, no_node}, shape);
}

#ifdef WICK_COMPILED
template Var<float> reshape(const Var<float>&, const Shape&);
template Var<float> expand(const Var<float>&, const Shape&);
template Var<float> sum_to(const Var<float>&, const Shape&);
template Var<double> reshape(const Var<double>&, const Shape&);
template Var<double> expand(const Var<double>&, const Shape&);
template Var<double> sum_to(const Var<double>&, const Shape&);
#endif

WICK_END_NAMESPACE
