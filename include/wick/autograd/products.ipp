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
#include <wick/autograd/detail/recurrence.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/products.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/products.hpp>
#include <wick/ops/axes.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

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
  Var<T> y =
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
