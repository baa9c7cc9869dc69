#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/tabular/search_table.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <stop_token>
#include <utility>
#include <vector>

using wick::search_table;
using wick_tests::contains;

namespace {

wick::TableOptions brief() {
  wick::TableOptions options = wick_tests::small_options();
  options.max_time = std::chrono::milliseconds(100);
  return options;
}

}  // namespace

TEST_CASE("search_table: halving, and the best of the last round is chosen, for any number of threads") {
  const wick::Table table = wick_tests::houses(60);
  wick::TableOptions whole = brief();
  whole.max_time = std::nullopt;  // the clock has no say
  const auto found = search_table(table, "price", 4, whole);
  REQUIRE(found.trials.size() == 4);
  CHECK(found.trials[0].network == brief().network);
  std::vector<wick::Index> epochs;
  for (const auto& trial : found.trials) epochs.push_back(trial.epochs);
  const wick::Index most = *std::ranges::max_element(epochs);
  CHECK(std::ranges::count(epochs, most) == 1);  // 4, then 2, then 1
  const auto best = std::ranges::find(found.trials, most, &wick::TableTrial::epochs);
  CHECK(found.best.network == best->network);
  CHECK(found.best.learning_rate == best->learning_rate);
  CHECK(found.best.batch_size == best->batch_size);
  CHECK(contains(best->text(), "width "));

  wick::ThreadPool pool(3);
  wick::TableOptions shared = whole;
  shared.pool = &pool;
  const auto again = search_table(table, "price", 4, shared);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(again.trials[i].validation == found.trials[i].validation);
    CHECK(again.trials[i].epochs == found.trials[i].epochs);
  }
}

TEST_CASE("search_table: a table that is too large for the time is tried on some of its rows, in that time") {
  // A class that few rows have is among them.
  wick::Table table = wick_tests::sectors(20000);
  wick::Categories kinds{{}, {"many", "rare"}};
  for (wick::Index i = 0; i < 20000; ++i) kinds.codes.push_back(i % 6000 == 5 ? 1 : 0);
  table.add(wick::Column("kind", std::move(kinds)));
  std::ostringstream out;
  wick::TableOptions options = brief();
  options.network.width = 256;
  options.out = &out;
  const auto begin = std::chrono::steady_clock::now();
  const auto found = search_table(table, "kind", 6, options);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  CHECK(contains(out.str(), "trials learned from "));
  CHECK(found.trials.size() == 6);
  for (const auto& trial : found.trials) CHECK(trial.epochs >= 1);
  // All rows took a hundred times as long; machines of tests are slow, some with sanitizers.
  CHECK(seconds.count() < 20);
  options.test_rows = std::vector<wick::Index>{20000};
  CHECK_THROWS_AS(static_cast<void>(search_table(table, "kind", 2, options)), wick::IndexError);
}

TEST_CASE("search_table: a stop keeps the options that were given, and what cannot be") {
  std::stop_source stop;
  stop.request_stop();
  wick::TableOptions options = brief();
  options.stop = stop.get_token();
  const auto stopped = search_table(wick_tests::houses(60), "price", 3, options);
  CHECK(stopped.stopped);
  CHECK(stopped.best.network == options.network);
  CHECK_THROWS_AS(static_cast<void>(search_table(wick_tests::houses(60), "price", 0)), wick::OptionError);
  CHECK_THROWS_AS(static_cast<void>(search_table(wick_tests::houses(60), "prise", 2)), wick::IndexError);
}
