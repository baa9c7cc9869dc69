#pragma once

// Recurrences along a dimension, of which derivatives of running products and the like are made.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/gradients.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/rule.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/ops/axes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>

WICK_BEGIN_NAMESPACE
namespace detail {

/// A recurrence along a dimension: s_k = b_k + a s_(k-1) with the factor a_k, or a_(k-1) if it is `before`;
/// from the end, each index behind k in place of that before it.
struct Recurrence {
  Index dim;
  bool from_end;
  bool before;
};

template <Floating T>
[[nodiscard]] Var<T> recurrence(const Recurrence& how, const Var<T>& a, const Var<T>& b);

/// Each element at the next place along a dimension, or at the one before; `fill` where none is left.
template <Floating T>
[[nodiscard]] Var<T> moved(const Var<T>& x, Index dim, bool back, T fill) {
  const Shape shape = x.shape();
  if (shape.dim() == 0) return reshape(moved(reshape(x, Shape{1}), 0, back, fill), shape);
  const auto axis = axis_of("cumprod", dim, shape.dim());
  const Index size = shape.dims()[axis];
  if (size == 0) return x;
  const Shape slice = resized(shape, axis, 1);
  T* const filled = x.tape().arena().template take<T>(slice.numel());
  std::fill_n(filled, slice.numel(), fill);
  const Var<T> one = x.tape().constant(TensorView<const T>(filled, slice));
  const Var<T> rest = narrow(x, dim, back ? 1 : 0, size - 1);
  return back ? cat({rest, one}, dim) : cat({one, rest}, dim);
}

template <Floating T>
inline constexpr Rule<T> recurrence_rule{
    .name = "cumprod_gradient", .derive = [](Tape<T>& tape, int id, const Var<T>& ds, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      const Recurrence how = *static_cast<const Recurrence*>(tape.node(id).kept);
      const Var<T> a = tape.kept(id, 0);
      const Var<T> g = recurrence({how.dim, !how.from_end, !how.before}, a, ds);
      to.add(in[0], [&] {
        const Var<T> s(tape, id);
        return how.before ? moved(g, how.dim, !how.from_end, T(0)) * s
                          : g * moved(s, how.dim, how.from_end, T(0));
      });
      to.add(in[1], [&] { return g; });
    }};

template <Floating T>
Var<T> recurrence(const Recurrence& how, const Var<T>& a, const Var<T>& b) {
  Tape<T>& tape = a.tape();
  const int factors = tape.operand(a);
  const int summands = tape.operand(b);
  const T* const x = tape.value(factors);
  const T* const y = tape.value(summands);
  const Shape shape = tape.shape(factors);
  const Along along("cumprod", how.dim, shape);
  const int id = tape.whole(recurrence_rule<T>, {factors, summands, no_node}, shape);
  tape.node(id).keep(tape.arena().template make<Recurrence>(how));
  T* const to = tape.node(id).value;
  for (Index o = 0; o < along.outer; ++o) {
    for (Index i = 0; i < along.inner; ++i) {
      double s = 0;
      Index last = 0;
      for (Index k = 0; k < along.size; ++k) {
        const Index at = (o * along.size + (how.from_end ? along.size - 1 - k : k)) * along.inner + i;
        if (k > 0) s = rounded(static_cast<double>(x[how.before ? last : at]) * s);
        s += static_cast<double>(y[at]);
        to[at] = static_cast<T>(s);
        last = at;
      }
    }
  }
  return tape.done(id);
}

}  // namespace detail
WICK_END_NAMESPACE
