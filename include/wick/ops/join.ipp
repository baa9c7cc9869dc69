#pragma once

// Definitions of ops/join.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/join.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_split(const Shape& shape, std::span<const Index> sizes, Index dim) {
  const Index total = shape[dim];
  Index sum = 0;
  for (const Index n : sizes) {
    if (n < 0)
      throw ShapeError(
          "split_with_sizes expects split_sizes to have only non-negative entries, but got split_sizes=" +
          list_text(sizes));
    sum = n > total - sum ? total + 1 : sum + n;
    if (sum > total) break;
  }
  if (sum != total) {
    throw ShapeError("split_with_sizes expects split_sizes to sum exactly to " + std::to_string(total) +
                     " (input tensor's size at dimension " + std::to_string(dim) +
                     "), but got split_sizes=" + list_text(sizes));
  }
}

WICK_INLINE std::vector<Index> equal_sizes(Index total, Index size) {
  if (size < 0)
    throw ShapeError("split expects split_size be non-negative, but got split_size=" + std::to_string(size));
  if (size == 0 && total != 0) {
    throw ShapeError("split_size can only be 0 if dimension size is 0, but got dimension size of " +
                     std::to_string(total));
  }
  if (total == 0) return {0};
  std::vector<Index> sizes;
  for (Index start = 0; start < total; start += sizes.back())
    sizes.push_back((std::min)(size, total - start));
  return sizes;
}

WICK_INLINE std::vector<Index> chunk_sizes(Index total, Index chunks) {
  if (chunks <= 0)
    throw ShapeError("chunk expects `chunks` to be greater than 0, got: " + std::to_string(chunks));
  if (total == 0) return std::vector<Index>(static_cast<std::size_t>(chunks));
  return equal_sizes(total, total / chunks + (total % chunks != 0 ? 1 : 0));
}

}  // namespace detail

WICK_END_NAMESPACE
