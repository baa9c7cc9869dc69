#pragma once

// Signs, infinities and NaN, recorded: nan_to_num() and its like are in graph/signs.hpp, here is what they
// record on a tape.

#include <wick/autograd/functions.hpp>
#include <wick/autograd/pairs.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/signs.hpp>

WICK_BEGIN_NAMESPACE
namespace detail {

template <class Function, Floating T>
requires FunctionOf<Function, OfSigns>
[[nodiscard]] Var<T> applied(Function which, const Var<T>& x, const Var<T>& y);
template <class Which, Floating T>
[[nodiscard]] Var<T> replaced(Which which, const Var<T>& x, T number);

}  // namespace detail
WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/signs.ipp>
#endif
