#pragma once

// Definitions of autograd/signs.hpp.

#include <wick/autograd/detail/function_rule.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/signs.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/signs.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <>
struct PairSlope<Copysign> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * (sign(of.x()) * sign(of.result()));
  }
};
// Which of both has the gradient: the first one of equal ones, and none that is NaN unless both are.
struct TakesFirstMax {
  template <Floating T>
  static bool holds(T x, T y) noexcept {
    return x >= y || y != y;
  }
};
struct TakesFirstMin {
  template <Floating T>
  static bool holds(T x, T y) noexcept {
    return x <= y || y != y;
  }
};
template <>
struct PairSlope<Fmax> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * marked(TakesFirstMax(), of.x(), of.y());
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy * (T(1) - marked(TakesFirstMax(), of.x(), of.y()));
  }
};
template <>
struct PairSlope<Fmin> {
  template <Floating T>
  static Var<T> first(const Var<T>& dy, const PairNode<T>& of) {
    return dy * marked(TakesFirstMin(), of.x(), of.y());
  }
  template <Floating T>
  static Var<T> second(const Var<T>& dy, const PairNode<T>& of) {
    return dy * (T(1) - marked(TakesFirstMin(), of.x(), of.y()));
  }
};
// Steps, whose derivatives are 0.
template <>
struct PairSlope<Heaviside> {};

/// 1 where nothing was replaced, else 0: constant in between.
template <class Which, Floating T>
inline constexpr Rule<T> kept_rule{.name = "mark",
                                   .apply =
                                       [](const Stretch<T>& s) {
                                         for (Index i = 0; i < s.n; ++i)
                                           s.out[i] = Which::takes(s.in[i]) ? T(0) : T(1);
                                       },
                                   .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};
template <class Which, Floating T>
inline constexpr Rule<T> replace_rule{
    .name = Which::name,
    .keeps = Keeps::input,
    .apply = replace_operation<Which, T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0],
             [&] { return dy * tape.elementwise(kept_rule<Which, T>, tape.kept(id, 0)); });
    }};
template <class Which, Floating T>
Var<T> replaced(Which /*which*/, const Var<T>& x, T number) {
  return x.tape().elementwise(replace_rule<Which, T>, x, number);
}

template <class Function, Floating T>
requires FunctionOf<Function, OfSigns> Var<T> applied(Function /*which*/, const Var<T>& x, const Var<T>& y) {
  return record_pair<Function>(x, y);
}

#ifdef WICK_COMPILED
template Var<float> applied(Copysign, const Var<float>&, const Var<float>&);
template Var<float> applied(Fmax, const Var<float>&, const Var<float>&);
template Var<float> applied(Fmin, const Var<float>&, const Var<float>&);
template Var<float> applied(Heaviside, const Var<float>&, const Var<float>&);
template Var<float> replaced(ReplaceNan, const Var<float>&, float);
template Var<float> replaced(ReplacePosinf, const Var<float>&, float);
template Var<float> replaced(ReplaceNeginf, const Var<float>&, float);
template Var<double> applied(Copysign, const Var<double>&, const Var<double>&);
template Var<double> applied(Fmax, const Var<double>&, const Var<double>&);
template Var<double> applied(Fmin, const Var<double>&, const Var<double>&);
template Var<double> applied(Heaviside, const Var<double>&, const Var<double>&);
template Var<double> replaced(ReplaceNan, const Var<double>&, double);
template Var<double> replaced(ReplacePosinf, const Var<double>&, double);
template Var<double> replaced(ReplaceNeginf, const Var<double>&, double);
#endif

}  // namespace detail

WICK_END_NAMESPACE
