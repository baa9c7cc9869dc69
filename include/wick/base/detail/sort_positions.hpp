#pragma once

// Sorting by positions.

#include <wick/base/function_ref.hpp>

#include <cstddef>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Sorts positions by `less`, which compares what is at two of them; equal ones in any order. One for all
/// orders that are not urgent: a sort of each type is 3 KB of code more.
void sort_positions(std::span<std::size_t> positions, FunctionRef<bool(std::size_t, std::size_t)> less);

/// The positions below `count` in the order of `less`.
[[nodiscard]] std::vector<std::size_t> sorted_positions(std::size_t count,
                                                        FunctionRef<bool(std::size_t, std::size_t)> less);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/detail/sort_positions.ipp>
#endif
