#pragma once

// Definitions of autograd/select.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/detail/recorded.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/select.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/select.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What part of the gradient the first operand of maximum() has, or of minimum() for exchanged operands: all,
/// half or nothing. It is constant in between.
template <Floating T>
inline constexpr Rule<T> share_rule{
    .name = "maximum_gradient",
    .apply =
        [](const Stretch<T>& s) {
          for (Index i = 0; i < s.n; ++i) {
            s.out[i] = s.in[i] < s.other[i] ? T(0) : s.in[i] == s.other[i] ? T(0.5) : T(1);
          }
        },
    .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};

// Both have the same derivative, whichever operand comes first.
template <Floating T>
void derive_maximum(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  const Var<T> x = tape.kept(id, 0);
  const Var<T> y = tape.kept(id, 1);
  to.add(in[0], [&] { return dy * tape.elementwise(share_rule<T>, x, y); });
  to.add(in[1], [&] { return dy * tape.elementwise(share_rule<T>, y, x); });
}
template <Floating T>
void derive_minimum(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  const Var<T> x = tape.kept(id, 0);
  const Var<T> y = tape.kept(id, 1);
  to.add(in[0], [&] { return dy * tape.elementwise(share_rule<T>, y, x); });
  to.add(in[1], [&] { return dy * tape.elementwise(share_rule<T>, x, y); });
}
template <Floating T>
inline constexpr Rule<T> maximum_rule{.name = "maximum",
                                      .keeps = Keeps::input,
                                      .apply = maximum_operation<T>.apply,
                                      .derive = &derive_maximum<T>};
template <Floating T>
inline constexpr Rule<T> maximum_reversed_rule{.name = "maximum",
                                               .keeps = Keeps::input,
                                               .apply = maximum_reversed_operation<T>.apply,
                                               .derive = &derive_maximum<T>};
template <Floating T>
inline constexpr Rule<T> minimum_rule{.name = "minimum",
                                      .keeps = Keeps::input,
                                      .apply = minimum_operation<T>.apply,
                                      .derive = &derive_minimum<T>};
template <Floating T>
inline constexpr Rule<T> minimum_reversed_rule{.name = "minimum",
                                               .keeps = Keeps::input,
                                               .apply = minimum_reversed_operation<T>.apply,
                                               .derive = &derive_minimum<T>};

// Linear, and its own derivative.
template <Floating T>
inline constexpr Rule<T> chosen_rule{
    .name = "where",
    .apply = chosen_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const std::array<int, 3> in = tape.node(id).in;
      to.add(in[0], [&] { return chosen(Var<T>(tape, in[1]), dy, tape.node(id).number == T(1)); });
    }};
template <Floating T>
Var<T> chosen(const Var<T>& mask, const Var<T>& x, bool where_set) {
  return x.tape().elementwise(chosen_rule<T>, x, mask, where_set ? T(1) : T(0));
}

}  // namespace detail

template <Floating T>
Var<T> maximum(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::maximum_rule<T>, detail::maximum_reversed_rule<T>, x, y);
}
template <Floating T>
Var<T> minimum(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::minimum_rule<T>, detail::minimum_reversed_rule<T>, x, y);
}

template <Floating T>
Var<T> where(TensorArg<bool> condition, const Var<T>& x, const Var<T>& y) {
  T* const numbers = x.tape().arena().template take<T>(condition.numel());
  return detail::recorded_where(condition, numbers, x, y, &detail::chosen<T>);
}

#ifdef WICK_COMPILED
template Var<float> maximum(const Var<float>&, const Var<float>&);
template Var<float> minimum(const Var<float>&, const Var<float>&);
template Var<float> where(TensorArg<bool>, const Var<float>&, const Var<float>&);
template Var<float> detail::chosen(const Var<float>&, const Var<float>&, bool);
template Var<double> maximum(const Var<double>&, const Var<double>&);
template Var<double> minimum(const Var<double>&, const Var<double>&);
template Var<double> where(TensorArg<bool>, const Var<double>&, const Var<double>&);
template Var<double> detail::chosen(const Var<double>&, const Var<double>&, bool);
#endif

WICK_END_NAMESPACE
