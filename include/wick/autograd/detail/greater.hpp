#pragma once

// Where a value is greater than a number, as a number.

#include <wick/autograd/gradients.hpp>
#include <wick/autograd/rule.hpp>
#include <wick/autograd/tape.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

/// 1 where x is greater than the number, else 0: constant in between.
template <Floating T>
inline constexpr Rule<T> greater_rule{.name = "greater",
                                      .apply =
                                          [](const Stretch<T>& s) {
                                            for (Index i = 0; i < s.n; ++i) {
                                              s.out[i] = s.in[i] > s.number ? T(1) : T(0);
                                            }
                                          },
                                      .derive = [](Tape<T>&, int, const Var<T>&, Gradients<T>&) {}};
template <Floating T>
[[nodiscard]] Var<T> greater(const Var<T>& x, T number) {
  return x.tape().elementwise(greater_rule<T>, x, number);
}

}  // namespace detail
WICK_END_NAMESPACE
