#pragma once

// Definitions of autograd/pow.hpp.

#include <wick/autograd/detail/recorded.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/pow.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/pow.hpp>

#include <array>

WICK_BEGIN_NAMESPACE

namespace detail {

/// 1 where p is 0; constant in between.
template <Floating T>
inline constexpr Rule<T> zero_power_rule{.name = "pow_gradient",
                                         .apply =
                                             [](const Stretch<T>& s) {
                                               for (Index i = 0; i < s.n; ++i)
                                                 s.out[i] = s.in[i] == T(0) ? T(1) : T(0);
                                             },
                                         .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};
/// 1 where x is 0 and p is not negative.
template <Floating T>
inline constexpr Rule<T> zero_base_rule{.name = "pow_gradient",
                                        .apply =
                                            [](const Stretch<T>& s) {
                                              for (Index i = 0; i < s.n; ++i)
                                                s.out[i] =
                                                    s.in[i] == T(0) && s.other[i] >= T(0) ? T(1) : T(0);
                                            },
                                        .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};

// Where a derivative is 0 for a factor 0, the other factor is kept finite.
template <bool reversed, Floating T>
void derive_pow(Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
  const std::array<int, 3> in = tape.node(id).in;
  constexpr int base = reversed ? 1 : 0;
  const Var<T> x = tape.kept(id, base);
  const Var<T> p = tape.kept(id, 1 - base);
  to.add(in[base], [&] { return dy * (p * pow(x, p - T(1) + tape.elementwise(zero_power_rule<T>, p))); });
  to.add(in[1 - base], [&] { return dy * (pow(x, p) * log(x + tape.elementwise(zero_base_rule<T>, x, p))); });
}
template <Floating T>
inline constexpr Rule<T> pow_rule{
    .name = "pow", .keeps = Keeps::input, .apply = pow_operation<T>.apply, .derive = &derive_pow<false, T>};
template <Floating T>
inline constexpr Rule<T> pow_reversed_rule{.name = "pow",
                                           .keeps = Keeps::input,
                                           .apply = pow_reversed_operation<T>.apply,
                                           .derive = &derive_pow<true, T>};
template <Floating T>
inline constexpr Rule<T> pow_number_rule{
    .name = "pow",
    .keeps = Keeps::input,
    .apply = pow_number_operation<T>.apply,
    .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      const T p = tape.node(id).number;
      if (p == T(0)) return;
      to.add(tape.node(id).in[0], [&] { return dy * mul(pow(tape.kept(id, 0), p - T(1)), p); });
    }};

}  // namespace detail

template <Floating T>
Var<T> pow(const Var<T>& x, const Var<T>& p) {
  return detail::recorded(detail::pow_rule<T>, detail::pow_reversed_rule<T>, x, p);
}
template <Floating T>
Var<T> pow(const Var<T>& x, std::type_identity_t<T> p) {
  return x.tape().elementwise(detail::pow_number_rule<T>, x, p);
}

#ifdef WICK_COMPILED
template Var<float> pow(const Var<float>&, const Var<float>&);
template Var<float> pow(const Var<float>&, float);
template Var<double> pow(const Var<double>&, const Var<double>&);
template Var<double> pow(const Var<double>&, double);
#endif

WICK_END_NAMESPACE
