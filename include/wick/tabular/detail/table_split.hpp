#pragma once

// Rows for training, validation and test, with equal shares of everything that the target can be.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/types.hpp>
#include <wick/random/generator.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr Index table_folds = 5;

inline void shuffle(std::span<Index> rows, Generator& generator) {
  for (std::size_t i = rows.size(); i > 1; --i) {
    std::swap(rows[i - 1], rows[as_integer<std::size_t>(generator.random64() % i)]);
  }
}

/// The rows in the order of their targets, equal ones in a random order.
[[nodiscard]] inline std::vector<Index> ordered(std::vector<Index> rows, std::span<const double> target,
                                                Generator& generator) {
  shuffle(rows, generator);
  std::ranges::stable_sort(rows, {}, [&](Index row) { return target[static_cast<std::size_t>(row)]; });
  return rows;
}

/// Moves a share of the rows to the second list: along the order of targets, always one after as many others.
[[nodiscard]] inline std::pair<std::vector<Index>, std::vector<Index>> split_off(
    std::vector<Index> rows, double share, std::span<const double> target, Generator& generator) {
  const double offset = static_cast<double>(generator.random32()) / 4294967296.0;
  std::pair<std::vector<Index>, std::vector<Index>> result;
  double place = offset;
  for (const Index row : ordered(std::move(rows), target, generator)) {
    const double next = place + share;
    (std::floor(next) > std::floor(place) ? result.second : result.first).push_back(row);
    place = next;
  }
  std::ranges::sort(result.first);
  std::ranges::sort(result.second);
  return result;
}

/// The rows dealt out to so many folds: along the order of targets, each fold gets one of `folds` rows in a
/// row.
[[nodiscard]] inline std::vector<std::vector<Index>> dealt(std::vector<Index> rows, Index folds,
                                                           std::span<const double> target,
                                                           Generator& generator) {
  std::vector<std::vector<Index>> result(static_cast<std::size_t>(folds));
  std::vector<Index> places(static_cast<std::size_t>(folds));
  const std::vector<Index> order = ordered(std::move(rows), target, generator);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t at = i % places.size();
    if (at == 0) {
      for (std::size_t k = 0; k < places.size(); ++k) places[k] = static_cast<Index>(k);
      shuffle(places, generator);
    }
    result[static_cast<std::size_t>(places[at])].push_back(order[i]);
  }
  for (auto& fold : result) std::ranges::sort(fold);
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
