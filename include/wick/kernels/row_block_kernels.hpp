#pragma once

// What passes over blocks of rows need of a level of vector instructions.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What passes over blocks of rows need of a level. Element (row, column) of a block is at column * width +
/// row, where `width` is a whole number of vectors: width_of(rows).
template <class T>
struct RowBlockKernels {
  using Index = std::ptrdiff_t;
  using Layer = void (*)(Index in, Index out, const T* weight, const T* bias, const T* x, T* y, Index width,
                         T least) noexcept;

  Index rows;   ///< of a block, at most
  Index lanes;  ///< rows of a vector
  void (*load)(const T* x, Index rows, Index cols, T* block) noexcept;
  Layer layer;
  Layer narrow_layer;
  void (*store)(T* block, Index rows, Index cols, T* y, bool log_softmax) noexcept;

  [[nodiscard]] Index width_of(Index count) const noexcept { return count <= lanes ? lanes : rows; }
};

}  // namespace detail

WICK_END_NAMESPACE
