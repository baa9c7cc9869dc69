#pragma once

// What is left of a division of elements, recorded. `x % y`, and the forms beside a number, are in
// graph/remainder.hpp.

#include <wick/autograd/tape.hpp>
#include <wick/graph/remainder.hpp>

WICK_BEGIN_NAMESPACE

/// x - y floor(x / y), of y's sign; operands broadcast. Derivatives are 1, and -floor(x / y). Throws
/// ShapeError when the shapes do not fit.
template <Floating T>
[[nodiscard]] Var<T> remainder(const Var<T>& x, const Var<T>& y);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/remainder.ipp>
#endif
