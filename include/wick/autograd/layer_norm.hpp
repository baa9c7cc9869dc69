#pragma once

// Layer normalisation, recorded.

#include <wick/autograd/tape.hpp>
#include <wick/state/parameter_block.hpp>

WICK_BEGIN_NAMESPACE

/// (x - mean) / sqrt(variance + eps) * weight + bias over the last dimension, of which weight and bias have
/// the size. The variance is that of all elements: divided by their number. Throws ShapeError for other
/// shapes. https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
template <Floating T>
[[nodiscard]] Var<T> layer_norm(const Var<T>& x, const Var<T>& weight, const Var<T>& bias, double eps = 1e-5);
/// The same with parameters of the model that is called.
template <Floating T>
[[nodiscard]] Var<T> layer_norm(const Var<T>& x, const Slot& weight, const Slot& bias, double eps = 1e-5);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/layer_norm.ipp>
#endif
