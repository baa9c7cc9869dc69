#pragma once

// Parts of recorded values, and their dimensions in another order. transpose(), flatten(), squeeze() and
// unsqueeze() are those of graph/parts.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/parts.hpp>

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

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/shapes.ipp>
#endif
