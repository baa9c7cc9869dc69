#pragma once

// Functions of each element that fewer programs need, recorded: sqrt() and its like are in
// graph/functions.hpp, here is what they record on a tape.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/functions.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Function, Floating T>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/functions.ipp>
#endif
