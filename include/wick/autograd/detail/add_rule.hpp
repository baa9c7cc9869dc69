#pragma once

// The sum of two values of equal shapes, of which gradients are made too.

#include <wick/autograd/gradients.hpp>
#include <wick/autograd/rule.hpp>
#include <wick/graph/elementwise.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <Floating T>
inline constexpr Rule<T> add_rule{.name = "add",
                                  .apply = add_operation<T>.apply,
                                  .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
                                    const auto in = tape.node(id).in;
                                    to.add(in[0], [&] { return dy; });
                                    to.add(in[1], [&] { return dy; });
                                  }};

}  // namespace detail
WICK_END_NAMESPACE
