#pragma once

// Definitions of autograd/remainder.hpp.

#include <wick/autograd/detail/recorded.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/autograd/remainder.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/remainder.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

template <bool reversed, Floating T>
void derive_remainder(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  constexpr int first = reversed ? 1 : 0;
  to.add(in[first], [&] { return dy; });
  to.add(in[1 - first], [&] { return -(dy * floor(tape.kept(id, first) / tape.kept(id, 1 - first))); });
}
template <Floating T>
inline constexpr Rule<T> remainder_rule{.name = "remainder",
                                        .keeps = Keeps::input,
                                        .apply = remainder_operation<T>.apply,
                                        .derive = &derive_remainder<false, T>};
template <Floating T>
inline constexpr Rule<T> remainder_reversed_rule{.name = "remainder",
                                                 .keeps = Keeps::input,
                                                 .apply = remainder_reversed_operation<T>.apply,
                                                 .derive = &derive_remainder<true, T>};

}  // namespace detail

template <Floating T>
Var<T> remainder(const Var<T>& x, const Var<T>& y) {
  return detail::recorded(detail::remainder_rule<T>, detail::remainder_reversed_rule<T>, x, y);
}

#ifdef WICK_COMPILED
template Var<float> remainder(const Var<float>&, const Var<float>&);
template Var<double> remainder(const Var<double>&, const Var<double>&);
#endif

WICK_END_NAMESPACE
