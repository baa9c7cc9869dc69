#pragma once

// Values put together along a dimension, recorded. stack(), split() and chunk() are those of graph/join.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/join.hpp>

#include <span>

WICK_BEGIN_NAMESPACE

/// The values one behind the other along a dimension: `cat({a, b}, 1)`. Those of shape [0] are left out, as
/// in PyTorch. Throws ShapeError unless they agree in every other dimension.
/// https://docs.pytorch.org/docs/stable/generated/torch.cat.html
template <Floating T>
[[nodiscard]] Var<T> cat(std::span<const Var<T>> values, Index dim = 0);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/join.ipp>
#endif
