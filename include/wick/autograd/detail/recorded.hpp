#pragma once

// Operations of two operands on a tape.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/rule.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/ops/broadcast.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

/// An operation of two operands, which are repeated if their shapes differ.
template <Floating T>
[[nodiscard]] Var<T> recorded(const Rule<T>& rule, const Rule<T>& reversed, const Var<T>& x,
                              const Var<T>& y) {
  Tape<T>& tape = x.tape();
  const int a = tape.operand(x);
  const int b = tape.operand(y);
  if (tape.node(a).shape == tape.node(b).shape || tape.shape(a) == tape.shape(b))
    return tape.elementwise(rule, reversed, x, y);
  const Shape shape = broadcast_shapes(rule.name, tape.shape(a), tape.shape(b));
  return tape.elementwise(rule, reversed, expand(x, shape), expand(y, shape));
}

}  // namespace detail
WICK_END_NAMESPACE
