#pragma once

// Rows for training, validation and test, with equal shares of everything that the target can be.

#include <wick/base/types.hpp>
#include <wick/data/splits.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr Index table_folds = 5;

/// For each of the rows a stratum of `size` rows or somewhat more: those that follow each other in the order
/// of their targets, equal ones in a random order. Numbers can be stratified so, and classes of a few rows.
[[nodiscard]] inline std::vector<std::int64_t> strata_of(std::span<const Index> rows,
                                                         std::span<const double> target, Index size,
                                                         Generator& generator) {
  std::vector<Index> order(rows.size());
  randperm_(order, generator);
  const auto target_of = [&](Index i) {
    return target[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])];
  };
  std::ranges::stable_sort(order, {}, target_of);
  const Index last = (std::max)(Index{1}, static_cast<Index>(rows.size()) / size) - 1;
  std::vector<std::int64_t> result(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    result[static_cast<std::size_t>(order[i])] = (std::min)(static_cast<Index>(i) / size, last);
  }
  return result;
}

[[nodiscard]] inline std::vector<Index> rows_at(std::span<const Index> rows, std::vector<Index> places) {
  for (Index& place : places) place = rows[static_cast<std::size_t>(place)];
  return places;
}

/// The rows without a share of them, and that share.
[[nodiscard]] inline Split split_off(std::vector<Index> rows, double share, std::span<const double> target,
                                     Generator& generator) {
  if (!(share > 0)) return {std::move(rows), {}};
  const auto size = static_cast<Index>(std::ceil(1 / (std::min)(share, 1 - share)));
  const auto strata = strata_of(rows, target, size, generator);
  Split places = train_test_split(static_cast<Index>(rows.size()),
                                  {.test = share, .stratify = strata, .generator = &generator});
  Split result{rows_at(rows, std::move(places.train)), rows_at(rows, std::move(places.test))};
  std::ranges::sort(result.train);
  std::ranges::sort(result.test);
  return result;
}

/// The rows dealt out to so many folds.
[[nodiscard]] inline std::vector<std::vector<Index>> dealt(std::span<const Index> rows, Index folds,
                                                           std::span<const double> target,
                                                           Generator& generator) {
  const auto strata = strata_of(rows, target, folds, generator);
  std::vector<std::vector<Index>> result;
  for (Split& split : stratified_k_fold(strata, folds, {.generator = &generator})) {
    result.push_back(rows_at(rows, std::move(split.test)));
  }
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
