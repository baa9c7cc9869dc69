#pragma once

// Definitions of autograd/dropout.hpp.

#include <wick/autograd/dropout.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/ops/dropout.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

// dy times the mask of the node that it is the derivative of.
template <Floating T>
inline constexpr Rule<T> dropout_gradient_rule{
    .name = "dropout_gradient",
    .apply = [](const Stretch<T>& s) { detail::kernels::multiply(s.in, s.other, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& g, Gradients<T>& to) {
          to.add(tape.node(id).in[0], [&] { return tape.elementwise_by(dropout_gradient_rule<T>, g, id); });
        }};
template <Floating T>
inline constexpr Rule<T> dropout_rule{
    .name = "dropout",
    .apply = [](const Stretch<T>& s) { detail::kernels::multiply(s.in, s.other, s.out, s.n); },
    .derive =
        [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
          to.add(tape.node(id).in[0], [&] { return tape.elementwise_by(dropout_gradient_rule<T>, dy, id); });
        },
    .is_mask = true};

}  // namespace detail

template <Floating T>
Var<T> dropout(const Var<T>& x, double p) {
  detail::check_dropout(p);
  Tape<T>& tape = x.tape();
  if (!tape.training() || p == 0) return x;
  return tape.masked(detail::dropout_rule<T>, x, p, p < 1 ? dropout_scale<T>(p) : T(1));
}

#ifdef WICK_COMPILED
template Var<float> dropout(const Var<float>&, double);
template Var<double> dropout(const Var<double>&, double);
#endif

WICK_END_NAMESPACE
