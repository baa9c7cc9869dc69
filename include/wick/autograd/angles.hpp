#pragma once

// Inverse trigonometric and hyperbolic functions, recorded: asin() and its like are those of
// graph/angles.hpp.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/pairs.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/angles.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Function, Floating T>
requires FunctionOf<Function, OfAngles>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x);
template <class Function, Floating T>
requires FunctionOf<Function, OfAngles>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x, const Var<T>& y);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/angles.ipp>
#endif
