#pragma once

// Powers of elements, recorded. Those of a number are in graph/pow.hpp.

#include <wick/autograd/tape.hpp>
#include <wick/graph/pow.hpp>

#include <type_traits>

WICK_BEGIN_NAMESPACE

/// x_i^p_i; operands broadcast. Derivatives are p x^(p - 1), 0 where p is 0, and x^p log(x), 0 where x is 0
/// and p at least 0, NaN where x is negative. Throws ShapeError when the shapes do not fit.
template <Floating T>
[[nodiscard]] Var<T> pow(const Var<T>& x, const Var<T>& p);
template <Floating T>
[[nodiscard]] Var<T> pow(const Var<T>& x, std::type_identity_t<T> p);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/pow.ipp>
#endif
