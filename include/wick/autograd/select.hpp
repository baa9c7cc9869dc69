#pragma once

// Choosing between elements, recorded: the larger one, the smaller one, one by a mask. Those beside a number
// are in graph/select.hpp.

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/select.hpp>
#include <wick/tensor/tensor.hpp>

WICK_BEGIN_NAMESPACE

/// The larger of x_i and y_i, or the smaller; NaN if one of both is NaN. Operands broadcast. Where both are
/// equal, each has half of the gradient, as in PyTorch. Throws ShapeError when the shapes do not fit.
template <Floating T>
[[nodiscard]] Var<T> maximum(const Var<T>& x, const Var<T>& y);
template <Floating T>
[[nodiscard]] Var<T> minimum(const Var<T>& x, const Var<T>& y);

/// x_i where the condition holds, else y_i; the gradient goes to the one that was taken, and whatever the
/// other is, NaN say, does not show in it. All three broadcast. Throws ShapeError when the shapes do not fit.
template <Floating T>
[[nodiscard]] Var<T> where(TensorArg<bool> condition, const Var<T>& x, const Var<T>& y);

namespace detail {

/// x where the mask, of numbers, is 1 or where it is 0, else 0.
template <Floating T>
[[nodiscard]] Var<T> chosen(const Var<T>& mask, const Var<T>& x, bool where_set);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/select.ipp>
#endif
