#include <wick/data/splits.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using wick::Generator;
using wick::Index;
using wick::Split;
using wick::SplitOptions;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

using Labels = std::vector<std::int64_t>;
using Rows = std::vector<Index>;

template <class Number>
std::vector<Number> numbers(const std::string& text) {
  std::vector<Number> result;
  std::istringstream in(text);
  for (std::string item; std::getline(in, item, ',');) result.push_back(static_cast<Number>(std::stod(item)));
  return result;
}

/// Whether the parts hold each row from 0 on once.
bool is_partition(std::vector<Rows> parts, Index rows) {
  Rows all;
  for (const Rows& part : parts) all.insert(all.end(), part.begin(), part.end());
  std::ranges::sort(all);
  for (Index i = 0; i < static_cast<Index>(all.size()); ++i) {
    if (all[static_cast<std::size_t>(i)] != i) return false;
  }
  return static_cast<Index>(all.size()) == rows;
}

std::map<std::int64_t, Index> counts(const Labels& labels, const Rows& rows) {
  std::map<std::int64_t, Index> result;
  for (const Index row : rows) ++result[labels[static_cast<std::size_t>(row)]];
  return result;
}

/// Some rows of three classes, the last of which is rare, in no order.
Labels three_classes(Index rows, std::uint64_t seed) {
  Generator g(seed);
  Labels labels;
  for (Index i = 0; i < rows; ++i) {
    const auto u = g.random32() % 20;
    labels.push_back(u < 12 ? 7 : u < 18 ? -1 : 2);
  }
  for (const std::int64_t label : {7, -1, 2}) labels.insert(labels.end(), 3, label);
  return labels;
}

}  // namespace

TEST_CASE("folds in the order of the rows are scikit-learn's") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/splits.txt");
  REQUIRE(file);
  std::set<std::string> kinds;
  for (std::string line; std::getline(file, line);) {
    CAPTURE(line);
    std::istringstream in(line);
    std::string kind;
    std::string text;
    Index folds = 0;
    Index gap = 0;
    in >> kind >> folds >> gap >> text;
    kinds.insert(kind);
    const auto labels = numbers<std::int64_t>(text);
    const auto rows = static_cast<Index>(labels.size());
    const auto splits = kind == "k_fold" ? wick::k_fold(rows, folds, {.shuffle = false})
                        : kind == "stratified_k_fold"
                            ? wick::stratified_k_fold(labels, folds, {.shuffle = false})
                        : kind == "group_k_fold" ? wick::group_k_fold(labels, folds)
                                                 : wick::time_series_split(rows, folds, gap);
    REQUIRE(static_cast<Index>(splits.size()) == folds);
    for (const Split& split : splits) {
      in >> text >> text;
      CHECK(split.test == numbers<Index>(text));
      if (kind == "time_series_split") {
        CHECK(static_cast<Index>(split.train.size()) == split.test.front() - gap);
        CHECK(split.train.back() == split.test.front() - gap - 1);
      } else {
        CHECK(is_partition({split.train, split.test}, rows));
        CHECK(std::ranges::is_sorted(split.train));
      }
    }
  }
  CHECK(kinds.size() == 4);
}

TEST_CASE("shuffled folds hold every row once, with the share of each class") {
  const Labels labels = three_classes(50, 4);
  const auto rows = static_cast<Index>(labels.size());
  for (const Index folds : {2, 3}) {
    for (const bool stratified : {false, true}) {
      Generator g(1);
      const auto make = [&] {
        return stratified ? wick::stratified_k_fold(labels, folds, {.generator = &g})
                          : wick::k_fold(rows, folds, {.generator = &g});
      };
      const auto splits = make();
      std::vector<Rows> tests;
      for (const Split& split : splits) {
        CHECK(is_partition({split.train, split.test}, rows));
        tests.push_back(split.test);
        CHECK(std::ranges::is_sorted(split.test));
        CHECK(std::abs(static_cast<double>(split.test.size()) -
                       static_cast<double>(rows) / static_cast<double>(folds)) < 1);
        if (!stratified) continue;
        for (const auto& [label, count] : counts(labels, split.test)) {
          const auto all = static_cast<double>(std::ranges::count(labels, label));
          CHECK(std::abs(static_cast<double>(count) - all / static_cast<double>(folds)) < 1);
        }
      }
      CHECK(is_partition(tests, rows));
      CHECK(make()[0].test != splits[0].test);
      g.manual_seed(1);
      CHECK(make()[0].test == splits[0].test);
    }
  }
}

TEST_CASE("a stratified split gives each part its share of each class") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    Generator g(seed);
    const Labels labels = three_classes(static_cast<Index>(20 + 5 * seed), seed);
    const auto rows = static_cast<double>(labels.size());
    const SplitOptions options{.validation = 0.15, .test = 0.25, .stratify = labels, .generator = &g};
    const auto [train, validation, test] =
        wick::train_validation_test_split(static_cast<Index>(rows), options);
    CHECK(is_partition({train, validation, test}, static_cast<Index>(rows)));
    CHECK(static_cast<double>(test.size()) == std::ceil(0.25 * rows));
    CHECK(static_cast<double>(validation.size()) == std::ceil(0.15 * rows));
    CHECK_FALSE(std::ranges::is_sorted(train));
    auto in_test = counts(labels, test);
    auto in_train = counts(labels, train);
    for (const std::int64_t label : {7, -1, 2}) {
      const auto all = static_cast<double>(std::ranges::count(labels, label));
      CHECK(std::abs(static_cast<double>(in_test[label]) - all * static_cast<double>(test.size()) / rows) <
            1);
      CHECK(in_train[label] >= 1);
    }
  }
}

TEST_CASE("a split by groups keeps them together and comes near the shares") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    Generator g(seed);
    Labels groups;
    const Index names = 3 + static_cast<Index>(seed % 20);
    for (Index i = 0; i < names; ++i) groups.insert(groups.end(), 1 + g.random32() % 9, 100 - i);
    const auto rows = static_cast<Index>(groups.size());
    const auto [train, validation, test] =
        wick::train_validation_test_split(rows, {.test = 0.3, .groups = groups, .generator = &g});
    CHECK(is_partition({train, validation, test}, rows));
    std::set<std::int64_t> seen;
    for (const Rows& part : {train, validation, test}) {
      REQUIRE_FALSE(part.empty());
      const auto its_groups = counts(groups, part);
      for (const auto& [group, count] : its_groups) {
        CHECK(seen.insert(group).second);
        CHECK(count == std::ranges::count(groups, group));
      }
    }
    if (names > 12) CHECK(std::abs(static_cast<double>(test.size()) - 0.3 * static_cast<double>(rows)) <= 5);
  }
  // One group has nearly everything: it stays where there is room, and the others are for tests.
  Labels groups(100, 1);
  groups[3] = 2;
  Generator g(1);
  CHECK(wick::train_test_split(100, {.groups = groups, .generator = &g}).test == Rows{3});
}

TEST_CASE("a split by time tests what is latest, and does not cut through a moment") {
  const std::vector<double> times{5, 1, 4, 2, 3, 3, 0, 9, 8, 7};
  const auto [train, validation, test] =
      wick::train_validation_test_split(10, {.validation = 0.4, .test = 0.2, .times = times});
  CHECK(train == Rows{6, 1, 3});  // 3 and 3 lie across the end of four
  CHECK(validation == Rows{4, 5, 2, 0, 9});
  CHECK(test == Rows{8, 7});
  const auto infinite = std::numeric_limits<double>::infinity();
  const std::vector<double> ends{infinite, -infinite, 0};
  CHECK(wick::train_test_split(3, {.test = 0.3, .times = ends}).test == Rows{0});
}

TEST_CASE("a split without a shuffle is ascending and draws nothing") {
  Generator g(2);
  const auto [train, test] = wick::train_test_split(100, {.test = 0.07, .shuffle = false, .generator = &g});
  CHECK(train.size() == 93);
  CHECK(train.front() == 0);
  CHECK(test.front() == 93);
  CHECK(std::ranges::is_sorted(train));
  CHECK(g.state() == Generator(2).state());
}

TEST_CASE("splits refuse what cannot be") {
  const auto refuses = [](const auto& f, const char* what) {
    CAPTURE(what);
    CHECK(contains(message_of<wick::OptionError>(f), what));
  };
  const Labels one_alone{0, 0, 0, 1};
  const Labels four{0, 0, 1, 1};
  const std::vector<double> same(4, 1.0);
  const std::vector<double> with_nan{1, 2, std::nan(""), 3};
  for (const double share : {0.0, 1.0, -0.1, std::nan("")}) {
    refuses([&] { return wick::train_test_split(10, {.test = share}); }, "test must be in (0, 1), got");
  }
  refuses([] { return wick::train_test_split(0); }, "expected at least one row, got 0");
  refuses([] { return wick::train_test_split(1); }, "no row of 1 is left for the training data");
  refuses([] { return wick::train_validation_test_split(10, {.validation = 0.5, .test = 0.5}); },
          "no row of 10 is left for the training data");
  refuses([&] { return wick::train_test_split(5, {.stratify = four}); },
          "stratify must have a value for each of the 5 rows, got 4");
  refuses([&] { return wick::train_test_split(4, {.stratify = four, .groups = four}); },
          "at most one of stratify, groups and times");
  refuses([&] { return wick::train_test_split(4, {.test = 0.5, .stratify = one_alone}); },
          "class 1 has 1 of the rows, too few for 2 parts");
  refuses([&] { return wick::train_test_split(4, {.test = 0.25, .stratify = four}); },
          "the test data would have 1 rows, fewer than there are classes, 2");
  refuses([&] { return wick::train_validation_test_split(4, {.groups = four}); },
          "expected at least 3 groups, one for each part, got 2");
  refuses([&] { return wick::train_test_split(4, {.times = same}); }, "too many have the time 1.0");
  refuses([&] { return wick::train_test_split(4, {.times = with_nan}); }, "that of row 2 is nan");
  refuses([] { return wick::k_fold(10, 1); }, "at least 2 folds, got 1");
  refuses([] { return wick::k_fold(4, 5); }, "at least one row for each of 5 folds, got 4");
  refuses([&] { return wick::stratified_k_fold(one_alone, 2); },
          "class 1 has 1 rows, fewer than the number of folds, 2");
  refuses([] { return wick::stratified_k_fold({}, 2); }, "expected at least one row, got 0");
  refuses([&] { return wick::group_k_fold(four, 3); }, "at least 3 groups, one for each fold, got 2");
  refuses([] { return wick::time_series_split(3, 3); }, "3 rows are too few for 3 folds");
  refuses([] { return wick::time_series_split(8, 3, 2); }, "too few for 3 folds with a gap of 2");
  refuses([] { return wick::time_series_split(8, 3, -1); }, "gap must be >= 0, got -1");
}
