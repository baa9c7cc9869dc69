#pragma once

// The largest and the least elements along dimensions, recorded. amax(), amin() and those of all elements are
// in graph/extremes.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/index.hpp>
#include <wick/autograd/tape.hpp>
#include <wick/graph/extremes.hpp>
#include <wick/graph/parts.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/extremes.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Values, and their indices along a dimension: `const auto [values, indices] = max(x, 1);`
template <Floating T>
struct VarAndIndices {
  Var<T> values;                 ///< the elements, with their gradient
  Tensor<std::int64_t> indices;  ///< where they are along the dimension
};

namespace detail {

template <class Reduction, Floating T>
[[nodiscard]] Var<T> extreme_to(Reduction which, const Var<T>& x, const Shape& shape);

/// The elements at the indices, which have the dimension with the size 1, and lose it unless `keepdim`.
template <Floating T>
[[nodiscard]] VarAndIndices<T> picked_along(const Var<T>& x, Index dim, Tensor<std::int64_t> indices,
                                            bool keepdim) {
  const Var<T> values = gather(x, dim, indices);
  if (keepdim) return {values, std::move(indices)};
  const Shape shape = squeezed_shape(values.shape(), Axes(dim).mask("max", x.dim()));
  return {reshape(values, shape), std::move(indices).reshape(shape)};
}

}  // namespace detail

/// The largest element along a dimension, or the least one, and its index, as of argmax(); it alone has the
/// gradient. Throws IndexError for a dimension that is not there or has no elements.
template <Floating T, detail::Dimension Ti>
[[nodiscard]] VarAndIndices<T>(max)(const Var<T>& x, Ti dim, bool keepdim = false) {
  return detail::picked_along(
      x, static_cast<Index>(dim),
      detail::index_along<detail::IsLarger>("max", x.value(), static_cast<Index>(dim), true), keepdim);
}
template <Floating T, detail::Dimension Ti>
[[nodiscard]] VarAndIndices<T>(min)(const Var<T>& x, Ti dim, bool keepdim = false) {
  return detail::picked_along(
      x, static_cast<Index>(dim),
      detail::index_along<detail::IsLess>("min", x.value(), static_cast<Index>(dim), true), keepdim);
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/extremes.ipp>
#endif
