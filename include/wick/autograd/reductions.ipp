#pragma once

// Definitions of autograd/reductions.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/shapes.hpp>

WICK_BEGIN_NAMESPACE

template <Floating T>
Var<T> sum(const Var<T>& x, const Axes& dim, bool keepdim) {
  if (dim.is_all() && !keepdim) return sum_to(x, Shape{});
  const detail::SumShapes shapes(x.shape(), dim.mask("sum", x.dim()));
  const Var<T> sums = sum_to(x, shapes.with_ones);
  return keepdim ? sums : reshape(sums, shapes.without);
}

template <Floating T>
Var<T> mean(const Var<T>& x, const Axes& dim, bool keepdim) {
  static_cast<void>(dim.mask("mean", x.dim()));
  const Var<T> sums = sum(x, dim, keepdim);
  return div(sums, static_cast<T>(x.numel()) / static_cast<T>(sums.numel()));
}

#ifdef WICK_COMPILED
template Var<float> sum(const Var<float>&, const Axes&, bool);
template Var<float> mean(const Var<float>&, const Axes&, bool);
template Var<double> sum(const Var<double>&, const Axes&, bool);
template Var<double> mean(const Var<double>&, const Axes&, bool);
#endif

WICK_END_NAMESPACE
