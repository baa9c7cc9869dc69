#pragma once

// Definitions of autograd/matmul.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/matmul.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Trans TA, Trans TB, Floating T>
inline constexpr Rule<T> product_rule{
    .name = "matmul", .derive = [](Tape<T>& tape, int id, const Var<T>& dc, Gradients<T>& to) {
      constexpr auto no = Trans::no;
      constexpr auto yes = Trans::yes;
      const std::array<int, 3> in = tape.node(id).in;
      to.add(in[0], [&] {
        if constexpr (TA == no) {
          return product < no, TB == no ? yes : no > (dc, tape.kept(id, 1));
        } else {
          return product<no, yes>(tape.kept(id, 1), dc);
        }
      });
      to.add(in[1], [&] {
        if constexpr (TB == yes) {
          return product<yes, no>(dc, tape.kept(id, 0));
        } else {
          return product < TA == no ? yes : no, no > (tape.kept(id, 0), dc);
        }
      });
    }};

template <Floating T>
inline constexpr Rule<T> bmm_rule{
    .name = "bmm", .derive = [](Tape<T>& tape, int id, const Var<T>& dc, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      to.add(in[0], [&] { return products(EachProduct(), dc, transpose(tape.kept(id, 1), 1, 2)); });
      to.add(in[1], [&] { return products(EachProduct(), transpose(tape.kept(id, 0), 1, 2), dc); });
    }};

template <Floating T>
Var<T> products(EachProduct /*which*/, const Var<T>& x, const Var<T>& y) {
  Tape<T>& tape = x.tape();
  const int a = tape.operand(x);
  const int b = tape.operand(y);
  static_cast<void>(tape.value(a));
  static_cast<void>(tape.value(b));
  const Shape shape{tape.shape(a)[0], tape.shape(a)[1], tape.shape(b)[2]};
  return tape.computed(bmm_rule<T>, bmm_operation<T>, {a, b, no_node}, shape);
}

}  // namespace detail

template <Trans TA, Trans TB, Floating T>
Var<T> product(const Var<T>& a, const Var<T>& b) {
  static_assert(TA == Trans::no || TB == Trans::no);
  Tape<T>& tape = a.tape();
  const int x = tape.operand(a);
  const int y = tape.operand(b);
  static_cast<void>(tape.value(x));
  static_cast<void>(tape.value(y));
  return tape.computed(detail::product_rule<TA, TB, T>, detail::product_operation<TA, TB, T>, {x, y, no_node},
                       detail::product_shape<TA, TB>(tape.shape(x), tape.shape(y)));
}

template <Floating T>
Var<T> matmul(const Var<T>& x, const Var<T>& y) {
  if (y.dim() > 2) return detail::batched_matmul(x, y);
  const detail::FlatProduct flat(x.shape(), y.shape());
  return reshape(product<Trans::no, Trans::no>(reshape(x, flat.left), reshape(y, flat.right)), flat.result);
}

#ifdef WICK_COMPILED
template Var<float> product<Trans::no, Trans::no>(const Var<float>&, const Var<float>&);
template Var<float> product<Trans::no, Trans::yes>(const Var<float>&, const Var<float>&);
template Var<float> product<Trans::yes, Trans::no>(const Var<float>&, const Var<float>&);
template Var<float> matmul(const Var<float>&, const Var<float>&);
template Var<float> detail::products(EachProduct, const Var<float>&, const Var<float>&);
template Var<double> product<Trans::no, Trans::no>(const Var<double>&, const Var<double>&);
template Var<double> product<Trans::no, Trans::yes>(const Var<double>&, const Var<double>&);
template Var<double> product<Trans::yes, Trans::no>(const Var<double>&, const Var<double>&);
template Var<double> matmul(const Var<double>&, const Var<double>&);
template Var<double> detail::products(EachProduct, const Var<double>&, const Var<double>&);
#endif

WICK_END_NAMESPACE
