#pragma once

// Definitions of base/detail/sort_positions.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/function_ref.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void sort_positions(std::span<std::size_t> positions,
                                FunctionRef<bool(std::size_t, std::size_t)> less) {
  std::sort(positions.data(), positions.data() + positions.size(), less);
}

WICK_INLINE std::vector<std::size_t> sorted_positions(std::size_t count,
                                                      FunctionRef<bool(std::size_t, std::size_t)> less) {
  std::vector<std::size_t> result(count);
  for (std::size_t i = 0; i < count; ++i) result[i] = i;
  sort_positions(result, less);
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
