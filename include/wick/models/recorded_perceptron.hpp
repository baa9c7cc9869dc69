#pragma once

// What a perceptron gives on a tape, which wick::compiled has: most programs that train call it. Not for
// programs that only predict; the perceptron finds it by its argument.

#include <wick/models/perceptron.hpp>

WICK_BEGIN_NAMESPACE

#ifdef WICK_COMPILED

namespace detail {

// NOLINTBEGIN(readability-redundant-declaration): the other one is what the perceptron calls
template <Floating T>
Var<T> recorded_perceptron(const Perceptron<T>& perceptron, const Var<T>& x);
// NOLINTEND(readability-redundant-declaration)

}  // namespace detail

#endif

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/models/recorded_perceptron.ipp>
#endif
