#pragma once

// Rules of functions of one element, and of two, made of what their derivatives are.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/gradients.hpp>
#include <wick/autograd/rule.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/functions.hpp>
#include <wick/graph/pairs.hpp>
#include <wick/ops/broadcast.hpp>

#include <array>

WICK_BEGIN_NAMESPACE
namespace detail {

/// What the derivative of a function reads, and `times`, the derivative times dy.
template <class Function>
struct Slope;
struct NoSlope {
  static constexpr Keeps keeps = Keeps::nothing;
};

template <class Function, Floating T>
inline constexpr Rule<T> rule_of_function{
    .name = Function::name,
    .keeps = Slope<Function>::keeps,
    .apply = function_operation<Function, T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      constexpr Keeps keeps = Slope<Function>::keeps;
      if constexpr (keeps == Keeps::output) {
        to.add(tape.node(id).in[0], [&] { return Slope<Function>::times(dy, Var<T>(tape, id)); });
      } else if constexpr (keeps == Keeps::input) {
        to.add(tape.node(id).in[0], [&] { return Slope<Function>::times(dy, tape.kept(id, 0)); });
      }
    }};

/// What applied() does.
template <class Function, Floating T>
[[nodiscard]] Var<T> record_function(const Var<T>& x) {
  return x.tape().elementwise(rule_of_function<Function, T>, x);
}

/// The operands and the result of a function of two, for its derivative.
template <Floating T>
struct PairNode {
  Tape<T>& tape;
  int id;
  int first;  ///< which input the first operand is

  [[nodiscard]] Var<T> x() const { return tape.kept(id, first); }
  [[nodiscard]] Var<T> y() const { return tape.kept(id, 1 - first); }
  [[nodiscard]] Var<T> result() const { return {tape, id}; }
};
/// `first` and `second`, the derivatives by the operands times dy; 0 where it has none.
template <class Function>
struct PairSlope;

template <class Function, bool reversed, Floating T>
inline constexpr Rule<T> rule_of_pair{
    .name = Function::name,
    .keeps = Keeps::input,
    .apply = reversed ? pair_reversed_operation<Function, T>.apply : pair_operation<Function, T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      const PairNode<T> node{tape, id, reversed ? 1 : 0};
      if constexpr (requires { PairSlope<Function>::first(dy, node); })
        to.add(in[reversed ? 1 : 0], [&] { return PairSlope<Function>::first(dy, node); });
      if constexpr (requires { PairSlope<Function>::second(dy, node); })
        to.add(in[reversed ? 0 : 1], [&] { return PairSlope<Function>::second(dy, node); });
    }};

template <class Function, Floating T>
[[nodiscard]] Var<T> record_pair(const Var<T>& x, const Var<T>& y) {
  static_assert(sizeof(PairSlope<Function>) > 0);  // NOLINT(bugprone-sizeof-expression): it is complete
  constexpr const Rule<T>& rule = rule_of_pair<Function, false, T>;
  constexpr const Rule<T>& reversed = rule_of_pair<Function, true, T>;
  if (x.shape() == y.shape()) return x.tape().elementwise(rule, reversed, x, y);
  const Shape shape = broadcast_shapes(Function::name, x.shape(), y.shape());
  return x.tape().elementwise(rule, reversed, expand(x, shape), expand(y, shape));
}

/// 1 where Test holds for both elements, else 0: constant in between.
template <class Test, Floating T>
inline constexpr Rule<T> mark_rule{.name = "mark",
                                   .apply =
                                       [](const Stretch<T>& s) {
                                         for (Index i = 0; i < s.n; ++i)
                                           s.out[i] = Test::holds(s.in[i], s.other[i]) ? T(1) : T(0);
                                       },
                                   .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};
template <class Test, Floating T>
[[nodiscard]] Var<T> marked(Test /*which*/, const Var<T>& x, const Var<T>& y) {
  return x.tape().elementwise(mark_rule<Test, T>, x, y);
}

}  // namespace detail
WICK_END_NAMESPACE
