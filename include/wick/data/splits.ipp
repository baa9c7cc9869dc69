#pragma once

// Definitions of data/splits.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/data/splits.hpp>
#include <wick/random/distributions.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The rows of each class or group, in the order of `order`, by ascending number of the class.
inline std::map<std::int64_t, std::vector<Index>> rows_of_each(std::span<const std::int64_t> labels,
                                                               std::span<const Index> order) {
  std::map<std::int64_t, std::vector<Index>> rows;
  for (const Index row : order) rows[labels[static_cast<std::size_t>(row)]].push_back(row);
  return rows;
}

inline std::vector<Index> order_of_rows(std::size_t rows, bool shuffle, Generator* generator) {
  std::vector<Index> order(rows);
  if (shuffle) {
    randperm_(std::span(order), generator != nullptr ? *generator : default_generator());
  } else {
    std::iota(order.begin(), order.end(), Index{0});
  }
  return order;
}

/// Divides rows into parts, of which each has the size that is wanted.
class Divider {
 public:
  /// `names` and `sizes` of the parts, training first.
  Divider(std::string where, Index rows, const SplitOptions& options, std::vector<const char*> names,
          std::vector<Index> sizes)
      : where_(std::move(where)),
        rows_(static_cast<std::size_t>(rows)),
        options_(options),
        names_(std::move(names)),
        sizes_(std::move(sizes)),
        parts_(sizes_.size()) {
    demand_parts();
  }

  std::vector<std::vector<Index>> divide() {
    if (!options_.times.empty()) {
      by_time();
      return std::move(parts_);
    }
    const auto order = order_of_rows(rows_, options_.shuffle, options_.generator);
    if (!options_.stratify.empty()) {
      by_class(order);
    } else if (!options_.groups.empty()) {
      by_group(order);
    } else {
      auto next = order.begin();
      for (std::size_t p = 0; p < parts_.size(); ++p) {
        parts_[p].assign(next, next + sizes_[p]);
        next += sizes_[p];
      }
    }
    return std::move(parts_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw OptionError(where_ + ": " + what); }

  void demand_parts() const {
    const auto check_count = [&](const char* name, std::size_t count) {
      if (count != 0 && count != rows_) {
        refuse(std::string(name) + " must have a value for each of the " + std::to_string(rows_) +
               " rows, got " + std::to_string(count));
      }
      return count != 0 ? 1 : 0;
    };
    const int given = check_count("stratify", options_.stratify.size()) +
                      check_count("groups", options_.groups.size()) +
                      check_count("times", options_.times.size());
    if (given > 1) refuse("expected at most one of stratify, groups and times");
    for (std::size_t p = 0; p < sizes_.size(); ++p) {
      if (sizes_[p] < 1) {
        refuse("no row of " + std::to_string(rows_) + " is left for the " + names_[p] +
               " data; ask for smaller shares of the others, or more rows");
      }
    }
  }

  void by_class(std::span<const Index> order) {
    const auto classes = rows_of_each(options_.stratify, order);
    for (const auto& [label, its_rows] : classes) {
      if (its_rows.size() < parts_.size()) {
        refuse("class " + std::to_string(label) + " has " + std::to_string(its_rows.size()) +
               " of the rows, too few for " + std::to_string(parts_.size()) + " parts");
      }
    }
    for (std::size_t p = 0; p < sizes_.size(); ++p) {
      if (static_cast<std::size_t>(sizes_[p]) < classes.size()) {
        refuse("the " + std::string(names_[p]) + " data would have " + std::to_string(sizes_[p]) +
               " rows, fewer than there are classes, " + std::to_string(classes.size()));
      }
    }
    // How many rows of each class are taken so far. The smaller parts come first: training gets the rest.
    std::vector<std::size_t> part_of(rows_, 0);
    std::map<std::int64_t, std::size_t> taken;
    std::size_t left_in_all = rows_;
    for (std::size_t p = parts_.size(); p-- > 1;) {
      for (const auto& [label, count] :
           shares(classes, taken, static_cast<std::size_t>(sizes_[p]), left_in_all)) {
        const auto& its_rows = classes.at(label);
        std::size_t& from = taken[label];
        for (std::size_t i = 0; i < count; ++i) part_of[static_cast<std::size_t>(its_rows[from++])] = p;
      }
      left_in_all -= static_cast<std::size_t>(sizes_[p]);
    }
    for (const Index row : order) parts_[part_of[static_cast<std::size_t>(row)]].push_back(row);
  }

  /// How many rows of each class part `p` gets, in all `size`: what is left of a class by `left_in_all`,
  /// rounded down, and one more for those with the largest remainders.
  [[nodiscard]] static std::map<std::int64_t, std::size_t> shares(
      const std::map<std::int64_t, std::vector<Index>>& classes, std::map<std::int64_t, std::size_t>& taken,
      std::size_t size, std::size_t left_in_all) {
    struct LeftOver {
      std::uint64_t size;
      std::int64_t label;
    };
    std::map<std::int64_t, std::size_t> counts;
    std::vector<LeftOver> remainders;
    std::size_t given = 0;
    for (const auto& [label, its_rows] : classes) {
      const std::uint64_t left = its_rows.size() - taken[label];
      const std::uint64_t product = left * size;
      counts[label] = as_integer<std::size_t>(product / left_in_all);
      given += counts[label];
      remainders.push_back({product % left_in_all, label});
    }
    std::ranges::stable_sort(remainders, [](const auto& x, const auto& y) { return x.size > y.size; });
    // Nowhere is a class used up: training is what is left, and has enough rows for one of each.
    for (std::size_t i = 0; given < size; i = (i + 1) % remainders.size()) {
      const std::int64_t label = remainders[i].label;
      if (counts[label] + 1 == classes.at(label).size() - taken[label]) continue;
      ++counts[label];
      ++given;
    }
    return counts;
  }

  void by_group(std::span<const Index> order) {
    const auto groups = rows_of_each(options_.groups, order);
    if (groups.size() < parts_.size()) {
      refuse("expected at least " + std::to_string(parts_.size()) + " groups, one for each part, got " +
             std::to_string(groups.size()));
    }
    // In the order in which the rows name them, which is random if these are shuffled.
    std::vector<std::int64_t> names;
    std::map<std::int64_t, std::size_t> part_of;
    for (const Index row : order) {
      const std::int64_t group = options_.groups[static_cast<std::size_t>(row)];
      if (part_of.emplace(group, 0).second) names.push_back(group);
    }
    for (std::size_t p = parts_.size(); p-- > 1;) {
      Index filled = 0;
      std::size_t free_groups = static_cast<std::size_t>(
          std::ranges::count_if(names, [&](std::int64_t g) { return part_of[g] == 0; }));
      const auto take = [&](std::int64_t group) {
        part_of[group] = p;
        filled += static_cast<Index>(groups.at(group).size());
        --free_groups;
      };
      for (const std::int64_t group : names) {
        if (free_groups == p) break;  // one for each of the other parts
        if (part_of[group] != 0) continue;
        const auto with = filled + static_cast<Index>(groups.at(group).size());
        if (std::abs(with - sizes_[p]) <= std::abs(filled - sizes_[p])) take(group);
      }
      if (filled > 0) continue;
      std::int64_t smallest = 0;
      std::size_t its_size = rows_ + 1;
      for (const std::int64_t group : names) {
        if (part_of[group] != 0 || groups.at(group).size() >= its_size) continue;
        smallest = group;
        its_size = groups.at(group).size();
      }
      take(smallest);
    }
    for (const Index row : order)
      parts_[part_of[options_.groups[static_cast<std::size_t>(row)]]].push_back(row);
  }

  void by_time() {
    const auto time_of = [&](Index row) { return options_.times[static_cast<std::size_t>(row)]; };
    auto order = order_of_rows(rows_, false, nullptr);
    for (const Index row : order) {
      if (std::isnan(time_of(row))) refuse("times: that of row " + std::to_string(row) + " is nan");
    }
    std::ranges::stable_sort(order, [&](Index a, Index b) { return time_of(a) < time_of(b); });
    std::size_t from = 0;
    Index wanted = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      wanted += sizes_[p];
      auto to = static_cast<std::size_t>(wanted);
      // What is as late as the next part's first row belongs to it.
      while (to > from && to < rows_ && time_of(order[to - 1]) == time_of(order[to])) --to;
      if (to == from) {
        refuse("times: no row is left for the " + std::string(names_[p]) +
               " data, because too many have the time " + python_repr(time_of(order[from])));
      }
      parts_[p].assign(order.begin() + static_cast<std::ptrdiff_t>(from),
                       order.begin() + static_cast<std::ptrdiff_t>(to));
      from = to;
    }
  }

  std::string where_;
  std::size_t rows_;
  const SplitOptions& options_;
  std::vector<const char*> names_;
  std::vector<Index> sizes_;
  std::vector<std::vector<Index>> parts_;
};

inline Index rows_of_share(const char* where, const char* name, double share, Index rows) {
  if (!(share > 0 && share < 1)) {
    throw OptionError(std::string(where) + ": " + name + " must be in (0, 1), got " + python_repr(share));
  }
  // 0.07 * 100 is 7 rows, whatever the last bit of the product is.
  const double wanted = share * static_cast<double>(rows);
  const double nearest = std::round(wanted);
  return static_cast<Index>(std::abs(wanted - nearest) < 1e-6 ? nearest : std::ceil(wanted));
}

inline void check_rows(const char* where, Index rows) {
  if (rows < 1)
    throw OptionError(std::string(where) + ": expected at least one row, got " + std::to_string(rows));
}

inline void check_folds(const char* where, Index folds) {
  if (folds < 2) {
    throw OptionError(std::string(where) + ": expected at least 2 folds, got " + std::to_string(folds) +
                      "; with one there would be nothing to train on");
  }
}

/// Splits by the fold of each row.
inline std::vector<Split> splits_by_fold(std::span<const Index> fold_of, Index folds) {
  std::vector<Split> splits(static_cast<std::size_t>(folds));
  for (std::size_t row = 0; row < fold_of.size(); ++row) {
    for (Index fold = 0; fold < folds; ++fold) {
      Split& split = splits[static_cast<std::size_t>(fold)];
      (fold_of[row] == fold ? split.test : split.train).push_back(static_cast<Index>(row));
    }
  }
  return splits;
}

}  // namespace detail

WICK_INLINE Split train_test_split(Index rows, const SplitOptions& options) {
  constexpr const char* where = "train_test_split";
  detail::check_rows(where, rows);
  const Index test = detail::rows_of_share(where, "test", options.test, rows);
  auto parts = detail::Divider(where, rows, options, {"training", "test"}, {rows - test, test}).divide();
  return {std::move(parts[0]), std::move(parts[1])};
}

WICK_INLINE ThreeWaySplit train_validation_test_split(Index rows, const SplitOptions& options) {
  constexpr const char* where = "train_validation_test_split";
  detail::check_rows(where, rows);
  const Index test = detail::rows_of_share(where, "test", options.test, rows);
  const Index validation = detail::rows_of_share(where, "validation", options.validation, rows);
  auto parts = detail::Divider(where, rows, options, {"training", "validation", "test"},
                               {rows - validation - test, validation, test})
                   .divide();
  return {std::move(parts[0]), std::move(parts[1]), std::move(parts[2])};
}

WICK_INLINE std::vector<Split> k_fold(Index rows, Index folds, const FoldOptions& options) {
  detail::check_folds("k_fold", folds);
  if (folds > rows) {
    throw OptionError("k_fold: expected at least one row for each of " + std::to_string(folds) +
                      " folds, got " + std::to_string(rows));
  }
  const auto order =
      detail::order_of_rows(static_cast<std::size_t>(rows), options.shuffle, options.generator);
  std::vector<Index> fold_of(order.size());
  std::size_t at = 0;
  for (Index fold = 0; fold < folds; ++fold) {
    const Index size = rows / folds + (fold < rows % folds ? 1 : 0);
    for (Index i = 0; i < size; ++i) fold_of[static_cast<std::size_t>(order[at++])] = fold;
  }
  return detail::splits_by_fold(fold_of, folds);
}

WICK_INLINE std::vector<Split> stratified_k_fold(std::span<const std::int64_t> classes, Index folds,
                                                 const FoldOptions& options) {
  detail::check_folds("stratified_k_fold", folds);
  const auto order = detail::order_of_rows(classes.size(), options.shuffle, options.generator);
  const auto rows = detail::rows_of_each(classes, order);
  for (const auto& [label, its_rows] : rows) {
    if (static_cast<Index>(its_rows.size()) < folds) {
      throw OptionError("stratified_k_fold: class " + std::to_string(label) + " has " +
                        std::to_string(its_rows.size()) + " rows, fewer than the number of folds, " +
                        std::to_string(folds));
    }
  }
  detail::check_rows("stratified_k_fold", static_cast<Index>(classes.size()));
  // Classes in the order in which they appear: dealt out one after the other, so that fold sizes differ by at
  // most one although those of a class do, too.
  std::vector<std::int64_t> appearing;
  std::map<std::int64_t, bool> seen;
  for (const std::int64_t label : classes) {
    if (seen.emplace(label, true).second) appearing.push_back(label);
  }
  std::vector<Index> fold_of(classes.size());
  Index dealt = 0;
  for (const std::int64_t label : appearing) {
    const auto& its_rows = rows.at(label);
    std::vector<Index> counts(static_cast<std::size_t>(folds), 0);
    for (std::size_t i = 0; i < its_rows.size(); ++i) ++counts[static_cast<std::size_t>(dealt++ % folds)];
    std::size_t at = 0;
    for (Index fold = 0; fold < folds; ++fold) {
      for (Index i = 0; i < counts[static_cast<std::size_t>(fold)]; ++i)
        fold_of[static_cast<std::size_t>(its_rows[at++])] = fold;
    }
  }
  return detail::splits_by_fold(fold_of, folds);
}

WICK_INLINE std::vector<Split> group_k_fold(std::span<const std::int64_t> groups, Index folds) {
  detail::check_folds("group_k_fold", folds);
  const auto order = detail::order_of_rows(groups.size(), false, nullptr);
  const auto rows = detail::rows_of_each(groups, order);
  if (static_cast<Index>(rows.size()) < folds) {
    throw OptionError("group_k_fold: expected at least " + std::to_string(folds) +
                      " groups, one for each fold, got " + std::to_string(rows.size()));
  }
  std::vector<const std::vector<Index>*> by_size;
  by_size.reserve(rows.size());
  for (const auto& [group, its_rows] : rows) by_size.push_back(&its_rows);
  std::ranges::stable_sort(by_size, [](const auto* a, const auto* b) { return a->size() < b->size(); });
  std::ranges::reverse(by_size);
  std::vector<Index> fold_of(groups.size());
  std::vector<std::size_t> filled(static_cast<std::size_t>(folds), 0);
  for (const auto* const group : by_size) {
    const auto lightest = std::ranges::min_element(filled);
    *lightest += group->size();
    for (const Index row : *group) fold_of[static_cast<std::size_t>(row)] = lightest - filled.begin();
  }
  return detail::splits_by_fold(fold_of, folds);
}

WICK_INLINE std::vector<Split> time_series_split(Index rows, Index folds, Index gap) {
  detail::check_folds("time_series_split", folds);
  if (gap < 0) throw OptionError("time_series_split: gap must be >= 0, got " + std::to_string(gap));
  const Index size = rows < 1 ? 0 : rows / (folds + 1);
  if (size < 1 || rows - folds * size - gap < 1) {
    throw OptionError("time_series_split: " + std::to_string(rows) + " rows are too few for " +
                      std::to_string(folds) + " folds" +
                      (gap > 0 ? " with a gap of " + std::to_string(gap) : std::string()));
  }
  std::vector<Split> splits;
  for (Index from = rows - folds * size; from < rows; from += size) {
    Split split;
    split.train.resize(static_cast<std::size_t>(from - gap));
    std::iota(split.train.begin(), split.train.end(), Index{0});
    split.test.resize(static_cast<std::size_t>(size));
    std::iota(split.test.begin(), split.test.end(), from);
    splits.push_back(std::move(split));
  }
  return splits;
}

WICK_END_NAMESPACE
