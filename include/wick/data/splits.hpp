#pragma once

// Which rows are for training, which for validation and tests: random, by class, by group, by time, in folds.

#include <wick/base/types.hpp>
#include <wick/random/generator.hpp>

#include <cstdint>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Numbers of rows, each in one of two parts.
struct Split {
  std::vector<Index> train;  ///< to learn from
  std::vector<Index> test;   ///< to measure with
};

/// Numbers of rows, each in one of three parts.
struct ThreeWaySplit {
  std::vector<Index> train;       ///< to learn from
  std::vector<Index> validation;  ///< to stop and choose by
  std::vector<Index> test;        ///< to measure with at the very end
};

/// How rows are divided. At most one of `stratify`, `groups` and `times`, each with a value for every row.
struct SplitOptions {
  double validation = 0.15;  ///< of the rows, in (0, 1); for three parts only
  double test = 0.2;         ///< of the rows, in (0, 1)
  /// Otherwise the parts are the first rows, those after them, and the last.
  bool shuffle = true;
  /// A class for each row: each part gets its share of each class, rounded up or down.
  std::span<const std::int64_t> stratify = {};
  /// A group for each row, such as a person or a place: rows of one group are in one part. Shares are met as
  /// nearly as whole groups can.
  std::span<const std::int64_t> groups = {};
  /// A time for each row: what is later is for tests, as it will be in use. Rows of equal times are in one
  /// part.
  std::span<const double> times = {};
  Generator* generator = nullptr;  ///< null: default_generator()
};

/// `rows` numbers in two parts: test gets test * rows of them, rounded up.
///
/// Shuffled, the parts are pieces of torch.randperm(rows), training first, as of
/// torch.utils.data.random_split; with classes they are rows in that order. By groups, groups come in a
/// random order, and each goes where it brings the shares nearer. Without a shuffle, by classes, groups and
/// times too, rows are in ascending order and nothing is drawn. By time the parts are in the order of time.
///
///     const auto [train, test] = wick::train_test_split(rows, {.test = 0.25, .stratify = labels.span()});
///     wick::DataLoader loader(data, {.batch_size = 64, .shuffle = true, .rows = train});
///
/// Throws OptionError for shares out of range, for a part without rows, for more than one of classes, groups
/// and times or a wrong number of them, for a class with fewer rows than parts or parts with fewer rows than
/// classes, for fewer groups than parts, and for times that are NaN.
/// https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html
[[nodiscard]] Split train_test_split(Index rows, const SplitOptions& options = {});

/// The same with a part for validation, which gets validation * rows, rounded up.
[[nodiscard]] ThreeWaySplit train_validation_test_split(Index rows, const SplitOptions& options = {});

/// How rows are put into folds.
struct FoldOptions {
  bool shuffle = true;             ///< otherwise rows stay in their order
  Generator* generator = nullptr;  ///< null: default_generator()
};

/// `folds` splits of `rows` rows: each row is in the test part of one of them. Fold sizes differ by at most
/// one, and rows are in ascending order. Without a shuffle the folds are scikit-learn's KFold's.
///
/// Throws OptionError unless 2 <= folds <= rows.
[[nodiscard]] std::vector<Split> k_fold(Index rows, Index folds, const FoldOptions& options = {});

/// The same with the share of each class in each fold, rounded up or down. `classes` has the class of each
/// row. Without a shuffle the folds are scikit-learn's StratifiedKFold's.
///
/// Throws OptionError unless folds >= 2 and each class has that many rows.
[[nodiscard]] std::vector<Split> stratified_k_fold(std::span<const std::int64_t> classes, Index folds,
                                                   const FoldOptions& options = {});

/// The same with rows of one group in one fold, as scikit-learn's GroupKFold: the largest group goes first,
/// each to the fold that has the fewest rows so far. Nothing is drawn. `groups` has the group of each row.
///
/// Throws OptionError unless 2 <= folds <= number of groups.
[[nodiscard]] std::vector<Split> group_k_fold(std::span<const std::int64_t> groups, Index folds);

/// `folds` splits of rows that are in the order of time: each is trained on all rows before those it is
/// tested on, of which there are rows / (folds + 1), as scikit-learn's TimeSeriesSplit. `gap` rows lie
/// between and are left out.
///
/// Throws OptionError unless folds >= 2, gap >= 0 and the first split has rows to train on.
[[nodiscard]] std::vector<Split> time_series_split(Index rows, Index folds, Index gap = 0);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/splits.ipp>
#endif
