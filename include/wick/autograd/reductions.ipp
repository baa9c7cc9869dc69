#pragma once

// Definitions of autograd/reductions.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/reductions.hpp>
#include <wick/base/detail/compiled.hpp>

#include <array>
#include <cstddef>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// sum() along what `mask` says.
template <Floating T>
[[nodiscard]] Var<T> sum_along(const Var<T>& x, unsigned mask, bool keepdim) {
  const Shape shape = x.shape();
  std::array<Index, Shape::max_rank> with_ones{};
  std::array<Index, Shape::max_rank> without{};
  std::size_t rank = 0;
  for (std::size_t d = 0; d < shape.dim(); ++d) {
    const bool summed = (mask >> d & 1U) != 0;
    with_ones[d] = summed ? 1 : shape.dims()[d];
    if (!summed) without[rank++] = shape.dims()[d];
  }
  const Var<T> sums = sum_to(x, Shape(std::span<const Index>(with_ones.data(), shape.dim())));
  return keepdim ? sums : reshape(sums, Shape(std::span<const Index>(without.data(), rank)));
}

}  // namespace detail

template <Floating T>
Var<T> sum(const Var<T>& x, const Axes& dim, bool keepdim) {
  if (dim.is_all() && !keepdim) return sum_to(x, Shape{});
  return detail::sum_along(x, dim.mask("sum", x.dim()), keepdim);
}

template <Floating T>
Var<T> mean(const Var<T>& x, const Axes& dim, bool keepdim) {
  const Var<T> sums = detail::sum_along(x, dim.mask("mean", x.dim()), keepdim);
  const auto count = static_cast<T>(x.numel()) / static_cast<T>(sums.numel());
  return div(sums, count);
}

#ifdef WICK_COMPILED
template Var<float> sum(const Var<float>&, const Axes&, bool);
template Var<float> mean(const Var<float>&, const Axes&, bool);
template Var<double> sum(const Var<double>&, const Axes&, bool);
template Var<double> mean(const Var<double>&, const Axes&, bool);
#endif

WICK_END_NAMESPACE
