#pragma once

// Definitions of autograd/cumsum.hpp.

#include <wick/autograd/cumsum.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/cumsum.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/sort.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> cumsum_rule{
    .name = "cumsum", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const Index axis = *static_cast<const Index*>(tape.node(id).kept);
      to.add(tape.node(id).in[0], [&] { return summed(RunningSum{axis, tape.node(id).number == T(0)}, dy); });
    }};

template <Floating T>
Var<T> summed(RunningSum how, const Var<T>& x) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const Shape shape = tape.shape(in);
  const Along along("cumsum", how.dim, shape);
  const T* const elements = tape.value(in);
  const int id = tape.whole(cumsum_rule<T>, {in, no_node, no_node}, shape);
  auto* const axis = tape.arena().template take<Index>(1);
  *axis = how.dim;
  tape.node(id).kept = axis;
  tape.node(id).number = how.from_end ? T(1) : T(0);
  running_to<Add, double>(elements, along, 0, how.from_end, tape.node(id).value);
  return tape.done(id);
}

#ifdef WICK_COMPILED
template Var<float> summed(RunningSum, const Var<float>&);
template Var<double> summed(RunningSum, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
