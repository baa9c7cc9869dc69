#pragma once

// Definitions of autograd/products.hpp.
//
// The derivative of a product by one of its factors is the product of the others. Dividing by the factor
// would be wrong where it is 0, so that product is made of those before and those behind it. For running
// products the sum over the products that a factor is in is a recurrence,
//
//     s_k = dy_k + x_(k+1) s_(k+1),   dx_k = x_0 ... x_(k-1) s_k,
//
// whose derivative is a recurrence in the other direction: so there are derivatives of every order.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/products.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/products.hpp>
#include <wick/ops/axes.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

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

template <Floating T>
inline constexpr Rule<T> cumprod_rule{
    .name = "cumprod", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const Index dim = *static_cast<const Index*>(tape.node(id).kept);
      const bool from_end = tape.node(id).number == T(1);
      to.add(tape.node(id).in[0], [&] {
        const Var<T> others = moved(Var<T>(tape, id), dim, from_end, T(1));
        return others * recurrence({dim, !from_end, true}, tape.kept(id, 0), dy);
      });
    }};

template <Floating T>
Var<T> multiplied(RunningProduct how, const Var<T>& x) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const Shape shape = tape.shape(in);
  const Along along("cumprod", how.dim, shape);
  const T* const elements = tape.value(in);
  const int id = tape.whole(cumprod_rule<T>, {in, no_node, no_node}, shape);
  tape.node(id).keep(tape.arena().template make<Index>(how.dim));
  tape.node(id).number = how.from_end ? T(1) : T(0);
  running_to<Multiply, double>(elements, along, 1, how.from_end, tape.node(id).value);
  return tape.done(id);
}

template <Floating T>
inline constexpr Rule<T> prod_rule{
    .name = "prod", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] {
        const Var<T> x = tape.kept(id, 0);
        const Index dim = *static_cast<const Index*>(tape.node(id).kept);
        const Var<T> before = moved(multiplied(RunningProduct{dim}, x), dim, false, T(1));
        const Var<T> behind = moved(multiplied(RunningProduct{dim, true}, x), dim, true, T(1));
        return expand(dy, x.shape()) * (before * behind);
      });
    }};

template <Floating T>
Var<T> multiplied(ProductAlong how, const Var<T>& x) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const Shape shape = resized(tape.shape(in), how.axis, 1);
  if (tape.shape(in) == shape) return x;
  static_cast<void>(tape.value(in));
  const Var<T> y =
      tape.computed(prod_rule<T>, extreme_operation<ProductOperation<T>, T>, {in, no_node, no_node}, shape);
  tape.node(tape.operand(y)).keep(tape.arena().template make<Index>(static_cast<Index>(how.axis)));
  return y;
}

#ifdef WICK_COMPILED
template Var<float> multiplied(RunningProduct, const Var<float>&);
template Var<double> multiplied(RunningProduct, const Var<double>&);
template Var<float> multiplied(ProductAlong, const Var<float>&);
template Var<double> multiplied(ProductAlong, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
