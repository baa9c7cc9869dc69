#pragma once

// Definitions of graph/index.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/graph/index.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void element_offsets(const char* where, const Shape& x, Index dim, TensorArg<std::int64_t> index,
                                 Index* offsets) {
  const std::size_t axis = axis_of(where, dim, x.dim());
  check_index_shape(where, index.shape(), x, axis);
  const Index size = x.dim() == 0 ? 1 : x.dims()[axis];
  for (const std::int64_t i : index.span()) static_cast<void>(checked_index(where, i, size, axis));
  const Index stride = stride_of(x, axis);
  for_each_index(index.shape(), x, x, axis, [&](Index i, Index offset, Index) {
    offsets[i] = offset + static_cast<Index>(index.data()[i]) * stride;
  });
}

WICK_INLINE std::span<const Index> indices_of(const ShapeCall& call, const char* where) {
  check_attributes(where, call, !call.attributes.empty());
  const Shape& x = *call.in[0];
  const std::size_t axis = axis_of(where, call.attributes[0], x.dim());
  const Index size = x.dim() == 0 ? 1 : x.dims()[axis];
  if (counts_samples(size)) refuse_samples(where, x);
  for (const Index i : call.attributes.subspan(1)) static_cast<void>(checked_index(where, i, size, axis));
  return call.attributes.subspan(1);
}

}  // namespace detail

WICK_END_NAMESPACE
