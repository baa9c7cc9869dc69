#pragma once

// Definitions of autograd/extremes.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/extremes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/extremes.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// 1 where both are equal, else 0: constant in between.
template <Floating T>
inline constexpr Rule<T> equal_rule{.name = "equal",
                                    .apply =
                                        [](const Stretch<T>& s) {
                                          for (Index i = 0; i < s.n; ++i)
                                            s.out[i] = s.in[i] == s.other[i] ? T(1) : T(0);
                                        },
                                    .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};

template <class Reduction, Floating T>
inline constexpr Rule<T> extreme_rule{
    .name = Reduction::name, .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] {
        const Var<T> x = tape.kept(id, 0);
        const Shape shape = x.shape();
        const Var<T> found = tape.elementwise(equal_rule<T>, x, expand(Var<T>(tape, id), shape));
        return expand(dy / sum_to(found, dy.shape()), shape) * found;
      });
    }};

template <class Reduction, Floating T>
Var<T> extreme_to(Reduction /*which*/, const Var<T>& x, const Shape& shape) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  if (tape.shape(in) == shape) return x;
  check_broadcasts(Reduction::name, shape, tape.shape(in));
  static_cast<void>(tape.value(in));
  return tape.computed(extreme_rule<Reduction, T>, extreme_operation<Reduction, T>, {in, no_node, no_node},
                       shape);
}

#ifdef WICK_COMPILED
template Var<float> extreme_to(LargestOperation<float>, const Var<float>&, const Shape&);
template Var<float> extreme_to(LeastOperation<float>, const Var<float>&, const Shape&);
template Var<double> extreme_to(LargestOperation<double>, const Var<double>&, const Shape&);
template Var<double> extreme_to(LeastOperation<double>, const Var<double>&, const Shape&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
