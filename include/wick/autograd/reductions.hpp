#pragma once

// Sums and means, recorded.

#include <wick/autograd/tape.hpp>
#include <wick/ops/axes.hpp>

WICK_BEGIN_NAMESPACE

/// The sum of all elements, a scalar, or along dimensions, `sum(x, 1)`, `sum(x, {0, -1})`, which `keepdim`
/// leaves in the shape as 1. Throws IndexError for a dimension that x does not have.
template <Floating T>
[[nodiscard]] Var<T> sum(const Var<T>& x, const Axes& dim = Axes::all(), bool keepdim = false);

/// The sum divided by the number of elements.
template <Floating T>
[[nodiscard]] Var<T> mean(const Var<T>& x, const Axes& dim = Axes::all(), bool keepdim = false);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/reductions.ipp>
#endif
