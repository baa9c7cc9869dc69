#pragma once

// Other shapes of recorded values: the same elements, elements repeated, and sums of what was repeated.

#include <wick/autograd/tape.hpp>
#include <wick/tensor/shape.hpp>

WICK_BEGIN_NAMESPACE

/// The same elements under another shape, in the same memory. Throws ShapeError when the counts differ.
template <Floating T>
[[nodiscard]] Var<T> reshape(const Var<T>& x, const Shape& shape);

/// x repeated along the dimensions in which it has size 1 or none, so that it has `shape`; x itself if it
/// has. Throws ShapeError when it does not broadcast to it.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.expand.html
template <Floating T>
[[nodiscard]] Var<T> expand(const Var<T>& x, const Shape& shape);

/// The sums over all dimensions in which `shape` has size 1 or none: the derivative of expand(). Throws
/// ShapeError when `shape` does not broadcast to that of x.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.sum_to_size.html
template <Floating T>
[[nodiscard]] Var<T> sum_to(const Var<T>& x, const Shape& shape);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/broadcast.ipp>
#endif
