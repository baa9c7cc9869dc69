#pragma once

// Values put together along a dimension, recorded.

#include <wick/autograd/tape.hpp>

#include <initializer_list>
#include <span>

WICK_BEGIN_NAMESPACE

/// The values one behind the other along a dimension: `cat({a, b}, 1)`. Those of shape [0] are left out, as
/// in PyTorch. Throws ShapeError unless they agree in every other dimension.
/// https://docs.pytorch.org/docs/stable/generated/torch.cat.html
template <Floating T>
[[nodiscard]] Var<T> cat(std::span<const Var<T>> values, Index dim = 0);
template <Floating T>
[[nodiscard]] Var<T> cat(std::initializer_list<Var<T>> values, Index dim = 0) {
  return cat(std::span<const Var<T>>(values.begin(), values.size()), dim);
}

/// Values of one shape along a new dimension. Throws ShapeError when shapes differ.
/// https://docs.pytorch.org/docs/stable/generated/torch.stack.html
template <Floating T>
[[nodiscard]] Var<T> stack(std::span<const Var<T>> values, Index dim = 0);
template <Floating T>
[[nodiscard]] Var<T> stack(std::initializer_list<Var<T>> values, Index dim = 0) {
  return stack(std::span<const Var<T>>(values.begin(), values.size()), dim);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/join.ipp>
#endif
