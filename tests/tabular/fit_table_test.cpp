#include "support/files.hpp"
#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/table/csv.hpp>
#include <wick/tabular/fit_table.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <set>
#include <span>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using wick::fit_table;
using wick::Index;
using wick::Table;
using wick::TableFit;
using wick::TableOptions;
using wick_tests::contains;
using wick_tests::houses;
using wick_tests::sectors;
using wick_tests::small_options;

namespace {

std::string bytes_of(const TableFit& fit) {
  std::ostringstream out;
  fit.save(out);
  return std::move(out).str() + fit.json();
}

/// The table with other values in the rows `rows` of a column of reals.
Table changed(const Table& table, const std::string& name, const std::vector<Index>& rows) {
  Table result;
  for (const wick::Column& column : table.columns()) {
    if (column.name() != name) {
      result.add(column);
      continue;
    }
    const auto reals = column.reals();
    std::vector<double> values(reals.begin(), reals.end());
    for (const Index row : rows) values[static_cast<std::size_t>(row)] = 1000 + static_cast<double>(row);
    result.add(wick::Column(name, wick::Reals{values}));
  }
  return result;
}

}  // namespace

TEST_CASE("fit_table: numbers and classes are learned") {
  const TableFit prices = fit_table(houses(300), "price", small_options());
  CHECK(prices.predictor().task() == wick::Task::regression);
  CHECK(prices.metrics().test.values["R2"] > 0.9);
  CHECK(prices.metrics().validation.values["R2"] > 0.9);
  CHECK(prices.importances().size() == 3);
  CHECK(prices.importances()[0].name == "rooms");
  CHECK(prices.importances()[2].name == "noise");
  CHECK(prices.importances()[0].mean > 10 * std::abs(prices.importances()[2].mean));
  CHECK(prices.history().size() == 2);

  const TableFit classes = fit_table(sectors(300), "sector", small_options());
  CHECK(classes.predictor().task() == wick::Task::classes);
  CHECK(classes.metrics().test.values["Accuracy"] > 0.85);
}

TEST_CASE("fit_table: every row is for one thing, each split has its share of the classes") {
  Table table = sectors(200);
  const TableFit fit = fit_table(table, "sector", [] {
    TableOptions options = small_options();
    options.epochs = 1;
    options.networks = 5;
    options.test_share = 0.25;
    return options;
  }());
  const auto& split = fit.split();
  CHECK(split.test.size() == doctest::Approx(50).epsilon(0.03));
  CHECK(split.validation == split.development);
  std::set<Index> all(split.development.begin(), split.development.end());
  all.insert(split.test.begin(), split.test.end());
  CHECK(all.size() == 200);
  CHECK(split.development.size() + split.test.size() == 200);
  const auto count = [&](const std::vector<Index>& rows, int code) {
    return std::ranges::count_if(rows, [&](Index row) {
      return table["sector"].categories().codes[static_cast<std::size_t>(row)] == code;
    });
  };
  for (int code = 0; code < 3; ++code) {
    const auto total = count({all.begin(), all.end()}, code);
    CHECK(std::abs(static_cast<double>(count(split.test, code)) - 0.25 * static_cast<double>(total)) <= 1);
  }
}

TEST_CASE("fit_table: the same bytes for any number of threads, others for another seed") {
  const Table table = houses(150);
  TableOptions options = small_options();
  options.epochs = 3;
  options.network.dropout = 0.2;
  const std::string alone = bytes_of(fit_table(table, "price", options));
  for (const int threads : {2, 3}) {
    wick::ThreadPool pool(threads);
    TableOptions shared = options;
    shared.pool = &pool;
    CHECK(bytes_of(fit_table(table, "price", shared)) == alone);
    shared.networks = 1;
    TableOptions one = options;
    one.networks = 1;
    CHECK(bytes_of(fit_table(table, "price", shared)) == bytes_of(fit_table(table, "price", one)));
  }
  options.seed = 1;
  CHECK(bytes_of(fit_table(table, "price", options)) != alone);
}

TEST_CASE("fit_table: a training that was killed goes on to the same bytes") {
  struct Killed {};
  const wick_tests::TempDir dir;
  for (const bool classes : {false, true}) {
    const Table table = classes ? sectors(90) : houses(90);
    const char* const target = classes ? "sector" : "price";
    TableOptions options = small_options();
    options.epochs = 3;
    options.network.dropout = 0.2;
    const std::string whole = bytes_of(fit_table(table, target, options));
    options.state = dir / target;
    int kills = 0;
    double share = 0;
    for (bool killed = true; killed;) {
      killed = false;
      Index epochs = 0;
      options.on_progress = [&](const wick::TableProgress& progress) {
        CHECK(progress.share > share);
        if (++epochs == 2) throw Killed();  // the first one was kept
        share = progress.share;
      };
      try {
        const std::string bytes = bytes_of(fit_table(table, target, options));
        CHECK(bytes == whole);
      } catch (const Killed&) {
        killed = true;
        ++kills;
      }
      REQUIRE(kills < 10);
    }
    CHECK(kills == 5);
    options.on_progress = nullptr;
    wick::ThreadPool pool(2);
    options.pool = &pool;
    CHECK(bytes_of(fit_table(table, target, options)) == whole);  // all is there
    options.learning_rate *= 2;
    CHECK(contains(wick_tests::message_of<wick::OptionError>(
                       [&] { static_cast<void>(fit_table(table, target, options)); }),
                   "network-1.wick is of another table, of other options"));
  }
}

TEST_CASE("fit_table: the test rows teach nothing") {
  const Table table = houses(120);
  TableOptions options = small_options();
  options.epochs = 2;
  options.test_rows = std::vector<Index>{3, 50, 77};
  const auto parameters = [](const TableFit& fit) {
    const auto values = fit.model().parameters()->values();
    return std::vector<float>(values.begin(), values.end());
  };
  const TableFit before = fit_table(table, "price", options);
  CHECK(before.split().test == *options.test_rows);
  const TableFit after = fit_table(changed(table, "noise", *options.test_rows), "price", options);
  CHECK(parameters(after) == parameters(before));
  CHECK(after.predictor().preprocessing().json() == before.predictor().preprocessing().json());
  CHECK(parameters(fit_table(changed(table, "noise", {4}), "price", options)) != parameters(before));
}

TEST_CASE("fit_table: rows without a target are left out, a rare class is not") {
  const Table table = changed(houses(60), "price", {});
  std::vector<double> prices(table["price"].reals().begin(), table["price"].reals().end());
  prices[7] = (std::numeric_limits<double>::quiet_NaN)();
  Table holes = table.select(std::vector<std::string>{"rooms", "town"});
  holes.add(wick::Column("price", wick::Reals{prices}));
  TableOptions options = small_options();
  options.epochs = 1;
  const TableFit fit = fit_table(holes, "price", options);
  CHECK(fit.split().development.size() + fit.split().test.size() == 59);
  CHECK(contains(fit.notes().front(), "1 of 60 rows are left out: \"price\" is missing there"));

  Table rare = sectors(60);
  wick::Categories codes = rare["sector"].categories();
  codes.names.push_back("d");
  codes.codes[11] = 3;
  Table with_rare = rare.select(std::vector<std::string>{"x", "y"});
  with_rare.add(wick::Column("sector", codes));
  const TableFit four = fit_table(with_rare, "sector", options);
  CHECK(four.predictor().preprocessing().target.class_count() == 4);
  CHECK(four.notes() ==
        std::vector<std::string>{"fewer than 5 rows are of \"d\": too few to learn them, or to "
                                 "measure how well they are known"});
}

TEST_CASE("fit_table: a stop keeps what was learned, and so does the end of the time") {
  std::stop_source stop;
  TableOptions options = small_options();
  options.epochs = 1000;
  options.stop = stop.get_token();
  Index epochs = 0;
  double share = 0;
  options.on_progress = [&](const wick::TableProgress& progress) {
    CHECK(progress.share >= share);
    share = progress.share;
    if (++epochs == 5) stop.request_stop();
  };
  const TableFit stopped = fit_table(houses(100), "price", options);
  CHECK(stopped.stopped());
  CHECK(epochs == 5);
  CHECK(stopped.history().size() == 1);
  CHECK(contains(stopped.json(), "\"stopped\": true"));

  TableOptions short_of_time = small_options();
  short_of_time.epochs = 1'000'000;
  short_of_time.max_time = std::chrono::milliseconds(200);
  const TableFit cut = fit_table(houses(100), "price", short_of_time);
  CHECK(cut.out_of_time());
  CHECK(cut.seconds() < 10);
}

TEST_CASE("fit_table: of many columns the importances have a share of the time, with fewer repeats") {
  Table table = houses(60);
  for (int i = 0; i < 200; ++i) {
    table.add(table["noise"].renamed("more " + std::to_string(i)));
  }
  TableOptions options = wick_tests::small_options();
  options.epochs = 1;
  options.max_time = std::chrono::seconds(1);
  options.importance_repeats = 1'000'000;  // for which all the time would not be enough
  const auto fitted = fit_table(table, "price", options);
  CHECK(fitted.importances().size() == 203);
}

TEST_CASE("fit_table: a column of numbers that one text has made categories is told of") {
  std::string csv = "power,price\n";
  for (int i = 0; i < 60; ++i)
    csv += (i == 31 ? "?" : std::to_string(60 + i % 12)) + "," + std::to_string(i) + ".5\n";
  const auto fitted =
      fit_table(wick::read_csv(std::as_bytes(std::span(csv))), "price", wick_tests::small_options());
  REQUIRE(fitted.notes().size() == 1);
  CHECK(fitted.notes()[0] ==
        "the column \"power\" is taken for categories: \"?\", which is no number, as most are");
}

TEST_CASE("fit_table: what cannot be") {
  const Table table = houses(40);
  const auto message = [&](const char* target, const TableOptions& options) {
    return wick_tests::message_of<wick::Error>([&] { static_cast<void>(fit_table(table, target, options)); });
  };
  CHECK(contains(message("prise", {}), "no column is called \"prise\"; there is \"rooms\""));
  CHECK(contains(message("price", {.test_share = 0.95}), "expected test_share in [0, 0.9], got 0.95"));
  CHECK(contains(message("price", {.networks = 6}), "expected networks in [1, 5], got 6"));
  CHECK(contains(message("price", {.epochs = 0}), "expected epochs >= 1, got 0"));
  CHECK(contains(message("price", {.max_time = std::chrono::seconds(0)}), "expected max_time > 0"));
  CHECK(contains(message("price", {.learning_rate = 0}), "expected learning_rate > 0"));
  CHECK(contains(message("price", {.batch_size = 0}), "expected batch_size >= 1"));
  CHECK(contains(message("price", {.test_rows = std::vector<Index>{40}}), "the row 40 of test_rows"));
  CHECK(contains(message("town", {.task = wick::Task::regression}), "town"));
  CHECK(
      contains(wick_tests::message_of<wick::Error>([&] { static_cast<void>(fit_table(houses(9), "price")); }),
               "expected at least 10 rows"));
}
