#pragma once

// Dropout, recorded.

#include <wick/autograd/tape.hpp>

WICK_BEGIN_NAMESPACE

/// x times a mask of 0 (probability p) and 1 / (1 - p) while the model that is called is in training mode;
/// otherwise, and for p = 0, x itself. Draws from the tape's generator, when it is called, as PyTorch does.
/// Throws OptionError unless 0 <= p <= 1.
template <Floating T>
[[nodiscard]] Var<T> dropout(const Var<T>& x, double p = 0.5);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/dropout.ipp>
#endif
