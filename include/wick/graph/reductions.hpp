#pragma once

// Sums and means, as operations of a program.

#include <wick/graph/elementwise.hpp>
#include <wick/graph/shapes.hpp>
#include <wick/graph/symbol.hpp>
#include <wick/ops/axes.hpp>

WICK_BEGIN_NAMESPACE

/// The sum over dimensions, of the samples too. See autograd/reductions.hpp.
template <Floating T>
[[nodiscard]] Symbol<T> sum(const Symbol<T>& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  const detail::SumShapes shapes(x.shape(), dim.mask("sum", x.dim()));
  const Symbol<T> sums = sum_to(x, shapes.with_ones);
  return keepdim ? sums : reshape(sums, shapes.without);
}

/// The mean over dimensions of the model; not over the samples, whose number a program does not know.
template <Floating T>
[[nodiscard]] Symbol<T> mean(const Symbol<T>& x, const Axes& dim = Axes::all(), bool keepdim = false) {
  const Symbol<T> sums = sum(x, dim, keepdim);
  // Of no elements there is nothing to divide.
  const Index count = sums.numel() == 0 ? 1 : x.numel() / sums.numel();
  if (detail::counts_samples(count)) detail::refuse_samples("mean", x.shape());
  return div(sums, static_cast<T>(count));
}

WICK_END_NAMESPACE
