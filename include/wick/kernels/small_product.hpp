#pragma once

// Products of small matrices for each level of vector instructions: nothing is packed.

#include <wick/kernels/product.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// C (rows, cols) = start + A B, added up in order of the depth, which is that of one panel at most. Elements
/// (r, k) of A are `row_step` and `depth_step` apart.
template <class T>
struct SmallProduct {
  using Index = std::ptrdiff_t;

  Index rows, cols, depth;
  const T* left;
  Index row_step, depth_step;
  const T* right;
  Index right_stride;  ///< between the rows of B
  T* c;
  Index c_stride;
  const T* start;      ///< what is added to the products, null for zeros
  Index start_stride;  ///< between the rows of `start`, 0 for one row that is the same for all

  /// Elements that small_product() needs for edges.
  static constexpr Index edge_room(Index rows, Index depth) noexcept {
    return (depth + 2 * rows) * static_cast<Index>(64 / sizeof(T));
  }
};

}  // namespace detail

WICK_END_NAMESPACE

#define WICK_KERNELS <wick/kernels/at_level/small_product.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
