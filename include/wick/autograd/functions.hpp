#pragma once

// Functions of each element that fewer programs need, recorded. softmax() is that of graph/functions.hpp.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/log_softmax.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/functions.hpp>

WICK_BEGIN_NAMESPACE

/// The square root; its derivative at 0 is infinite.
template <Floating T>
[[nodiscard]] Var<T> sqrt(const Var<T>& x);
template <Floating T>
[[nodiscard]] Var<T> sin(const Var<T>& x);
template <Floating T>
[[nodiscard]] Var<T> cos(const Var<T>& x);
/// |x|; its derivative at 0 is 0, as in PyTorch.
template <Floating T>
[[nodiscard]] Var<T> abs(const Var<T>& x);
/// -1, 0 or 1; its derivative is 0.
template <Floating T>
[[nodiscard]] Var<T> sign(const Var<T>& x);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/functions.ipp>
#endif
