#pragma once

// Definitions of autograd/functions.hpp.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/functions.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/functions.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Floating T>
inline constexpr Rule<T> sqrt_rule{.name = "sqrt",
                                   .keeps = Keeps::output,
                                   .apply = sqrt_operation<T>.apply,
                                   .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                     to.add(tape.node(id).in[0],
                                            [&] { return dy / mul(Var<T>(tape, id), T(2)); });
                                   }};
template <Floating T>
inline constexpr Rule<T> sin_rule{.name = "sin",
                                  .keeps = Keeps::input,
                                  .apply = sin_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    to.add(tape.node(id).in[0], [&] { return dy * cos(tape.kept(id, 0)); });
                                  }};
template <Floating T>
inline constexpr Rule<T> cos_rule{.name = "cos",
                                  .keeps = Keeps::input,
                                  .apply = cos_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    to.add(tape.node(id).in[0],
                                           [&] { return -(dy * sin(tape.kept(id, 0))); });
                                  }};
template <Floating T>
inline constexpr Rule<T> sign_rule{.name = "sign",
                                   .apply = sign_operation<T>.apply,
                                   .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};
template <Floating T>
inline constexpr Rule<T> abs_rule{.name = "abs",
                                  .keeps = Keeps::input,
                                  .apply = abs_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    to.add(tape.node(id).in[0], [&] { return dy * sign(tape.kept(id, 0)); });
                                  }};

}  // namespace detail

template <Floating T>
Var<T> sqrt(const Var<T>& x) {
  return x.tape().elementwise(detail::sqrt_rule<T>, x);
}
template <Floating T>
Var<T> sin(const Var<T>& x) {
  return x.tape().elementwise(detail::sin_rule<T>, x);
}
template <Floating T>
Var<T> cos(const Var<T>& x) {
  return x.tape().elementwise(detail::cos_rule<T>, x);
}
template <Floating T>
Var<T> abs(const Var<T>& x) {
  return x.tape().elementwise(detail::abs_rule<T>, x);
}
template <Floating T>
Var<T> sign(const Var<T>& x) {
  return x.tape().elementwise(detail::sign_rule<T>, x);
}

#ifdef WICK_COMPILED
template Var<float> sqrt(const Var<float>&);
template Var<float> sin(const Var<float>&);
template Var<float> cos(const Var<float>&);
template Var<float> abs(const Var<float>&);
template Var<float> sign(const Var<float>&);
template Var<double> sqrt(const Var<double>&);
template Var<double> sin(const Var<double>&);
template Var<double> cos(const Var<double>&);
template Var<double> abs(const Var<double>&);
template Var<double> sign(const Var<double>&);
#endif

WICK_END_NAMESPACE
