#pragma once

// Functions of two elements, recorded: fmod() and its like are in graph/pairs.hpp, here is what they record
// on a tape.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/pairs.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Function, Floating T>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x, const Var<T>& y);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/pairs.ipp>
#endif
