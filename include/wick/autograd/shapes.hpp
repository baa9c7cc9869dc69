#pragma once

// Parts of recorded values, and their dimensions in another order or grouping.

#include <wick/autograd/tape.hpp>
#include <wick/ops/axes.hpp>

#include <initializer_list>
#include <span>

WICK_BEGIN_NAMESPACE

/// Indices [start, start + length) of a dimension; a negative start counts from the end. Throws IndexError
/// past the dimension's end. https://docs.pytorch.org/docs/stable/generated/torch.narrow.html
template <Floating T>
[[nodiscard]] Var<T> narrow(const Var<T>& x, Index dim, Index start, Index length);

/// Dimensions in another order, `permute(x, {2, 0, 1})`: y's dimension i is x's dimension order[i]. Throws
/// ShapeError unless `order` names each dimension once.
template <Floating T>
[[nodiscard]] Var<T> permute(const Var<T>& x, std::span<const Index> order);
template <Floating T>
[[nodiscard]] Var<T> permute(const Var<T>& x, std::initializer_list<Index> order) {
  return permute(x, std::span<const Index>(order.begin(), order.size()));
}
/// Two dimensions exchanged.
template <Floating T>
[[nodiscard]] Var<T> transpose(const Var<T>& x, Index dim0, Index dim1);

/// Dimensions `start` to `end` made one. Throws IndexError for dimensions that are not there, ShapeError for
/// end before start.
template <Floating T>
[[nodiscard]] Var<T> flatten(const Var<T>& x, Index start = 0, Index end = -1);
/// Without the dimensions of size 1: all of them, or those that are named and have this size.
template <Floating T>
[[nodiscard]] Var<T> squeeze(const Var<T>& x, const Axes& dim = Axes::all());
/// A dimension of size 1 more, which is dimension `dim` afterwards.
template <Floating T>
[[nodiscard]] Var<T> unsqueeze(const Var<T>& x, Index dim);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/shapes.ipp>
#endif
