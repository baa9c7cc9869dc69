#pragma once

// Error and gamma functions and the like, recorded: erf() and the others are in graph/special.hpp, here is
// what they record on a tape.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/pairs.hpp>
#include <wick/autograd/pow.hpp>
#include <wick/autograd/select.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/special.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Function, Floating T>
requires FunctionOf<Function, OfSpecial>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x);
template <class Function, Floating T>
requires FunctionOf<Function, OfSpecial>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> applied(PolygammaOf which, const Var<T>& x);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/special.ipp>
#endif
