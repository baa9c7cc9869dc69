#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/tabular/cross_validate_table.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <stop_token>
#include <string>

using wick::cross_validate_table;
using wick_tests::contains;

TEST_CASE("cross_validate_table: each row is tested once, the same for any number of threads") {
  const wick::Table table = wick_tests::houses(61);
  wick::TableOptions options = wick_tests::small_options();
  options.epochs = 2;
  double share = 0;
  options.on_progress = [&](const wick::TableProgress& progress) {
    CHECK(progress.share >= share);
    share = progress.share;
  };
  const auto folds = cross_validate_table(table, "price", 3, options);
  CHECK(share == doctest::Approx(1));
  REQUIRE(folds.folds.size() == 3);
  wick::Index rows = 0;
  double sum = 0;
  for (const auto& fold : folds.folds) {
    rows += fold.rows;
    sum += fold.values["RMSE"];
  }
  CHECK(rows == 61);
  CHECK(folds.mean("RMSE") == doctest::Approx(sum / 3));
  double squares = 0;
  for (const auto& fold : folds.folds) squares += std::pow(fold.values["RMSE"] - sum / 3, 2);
  CHECK(folds.deviation("RMSE") == doctest::Approx(std::sqrt(squares / 3)));
  CHECK(contains(folds.text(), "RMSE "));
  CHECK(contains(folds.text(), " +- "));
  CHECK(folds.json().starts_with("[\n    {\"rows\": 2"));  // 20 or 21

  wick::ThreadPool pool(3);
  options.pool = &pool;
  options.on_progress = nullptr;
  CHECK(cross_validate_table(table, "price", 3, options).json() == folds.json());
}

TEST_CASE("cross_validate_table: a stop, and what cannot be") {
  std::stop_source stop;
  wick::TableOptions options = wick_tests::small_options();
  options.epochs = 3;
  options.stop = stop.get_token();
  options.on_progress = [&](const wick::TableProgress& progress) {
    if (progress.share > 0.4) stop.request_stop();
  };
  const auto stopped = cross_validate_table(wick_tests::sectors(60), "sector", 3, options);
  CHECK(stopped.stopped);
  CHECK(stopped.folds.size() == 1);
  const wick::TableFolds none;
  CHECK(none.text().empty());
  CHECK(none.json() == "[]");

  for (const wick::Index folds : {1, 31}) {
    CHECK(
        contains(wick_tests::message_of<wick::OptionError>([&] {
                   static_cast<void>(cross_validate_table(wick_tests::houses(60), "price", folds));
                 }),
                 "expected folds in [2, 30], half of the rows with a target, got " + std::to_string(folds)));
  }
}
