#pragma once

// What matrix products are made of: how sums are cut, the kernels of a level, and what they are called with.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How a sum over k is cut.
template <class T>
struct ProductPanels {
  using Index = std::ptrdiff_t;

  static constexpr Index max_depth = 1280 / static_cast<Index>(sizeof(T));

  /// Depth of the panel that begins with `left` still to go: as long as there is enough, full panels; the
  /// rest in one or two parts of about equal size. OpenBLAS cuts the same way, so that sums round as they do
  /// in PyTorch built with it.
  static constexpr Index depth(Index left) noexcept {
    if (left <= max_depth) return left;
    // Not a case of its own without max_depth: GCC 12 takes those of float and double for one function, with
    // the ranges of one of them (GCC bug 113907), and double products of some programs were wrong.
    const Index half = (left / 2 + 15) / 16 * 16;
    return half < max_depth ? half : max_depth;
  }

  /// Whether rows that are `stride` apart lie in the same sets of a cache, or nearly so.
  static constexpr bool rows_share_sets(Index stride) noexcept {
    constexpr Index way = 4096 / static_cast<Index>(sizeof(T));  // of the first-level cache
    constexpr Index slack = 16 / static_cast<Index>(sizeof(T));
    return stride >= way && (stride + slack) % way < 2 * slack;
  }

  /// Elements of a packed right operand that stay in the first-level cache.
  static constexpr Index near_elements = 24576 / static_cast<Index>(sizeof(T));
  /// Those of an operand that is far away, in the second-level cache.
  static constexpr Index far_elements = 163840 / static_cast<Index>(sizeof(T));
};

/// Kernels for C = op(A) B^T; `rows` and `lanes` are those of their registers.
template <class T>
struct TransposedKernels {
  using Index = std::ptrdiff_t;

  Index rows;
  Index lanes;
  void (*pack)(bool transposed, const T* a, Index stride, Index count, Index depth, T* to) noexcept;
  void (*multiply)(Index cols, Index k, Index stride, const T* b, const T* right, const T* start,
                   bool start_of_column, T* sums, bool is_far) noexcept;
  void (*transpose)(const T* from, Index from_stride, Index rows, Index cols, T* to,
                    Index to_stride) noexcept;
};

/// A part of C = op(A) B: rows [row_begin, row_end) and `cols` columns, which begin at `b` and `c`.
template <class T>
struct DirectProduct {
  using Index = std::ptrdiff_t;

  Index row_begin, row_end, cols;
  Index n;  ///< between the rows of B and of C
  Index k;
  Index from, to;  ///< the terms: 0 to k, or whole panels of them where A is not packed
  const T* left;   ///< op(A) packed, or A itself if packed_rows is 0
  Index packed_rows;
  const T* b;
  T* c;
  bool accumulate;
  bool is_far;  ///< whether B lies in memory or in a larger cache
  T* right;     ///< room for near_elements, few_sums, or far_elements if B is far, and for two vectors of a
                ///< panel
  T* edge;      ///< room for `rows` times two vectors
};

/// Kernels for C = op(A) B.
template <class T>
struct DirectKernels {
  using Index = std::ptrdiff_t;

  static constexpr Index rows_to_pack = 6;  ///< of A, from which on columns of B are packed
  static constexpr Index most_few = 32;     ///< rows of A, up to which those of a B that is far away are not
  /// Sums that are kept in the cache for few rows of A.
  static constexpr Index few_sums = 32768 / static_cast<Index>(sizeof(T));
  static constexpr Index most_outer = 4;  ///< rows of B, with which A^T is not packed

  Index rows;
  Index lanes;
  void (*pack)(const T* a, Index stride, Index row, Index row_end, Index depth, T* to) noexcept;
  void (*multiply)(const DirectProduct<T>& part) noexcept;
  void (*multiply_packed)(const DirectProduct<T>& part) noexcept;
  void (*multiply_few)(const DirectProduct<T>& part) noexcept;  ///< less than rows_to_pack of A itself
  /// For 1 to most_outer rows of B; `left` is A, of which packed_rows is the stride.
  void (*multiply_outer)(const DirectProduct<T>& part) noexcept;
};

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
