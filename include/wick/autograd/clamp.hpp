#pragma once

// Elements kept within bounds, recorded: clamp() and its like are in graph/clamp.hpp, here is what they
// record on a tape.

#include <wick/autograd/pairs.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/clamp.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Function, Floating T>
requires FunctionOf<Function, OfClamp>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x, const Var<T>& y);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/clamp.ipp>
#endif
