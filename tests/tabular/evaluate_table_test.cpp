#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/tabular/evaluate_table.hpp>
#include <wick/tabular/fit_table.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using wick::evaluate_table;
using wick_tests::contains;

TEST_CASE("evaluate_table: on the test rows it says what fit_table() said") {
  for (const bool classes : {false, true}) {
    const wick::Table table = classes ? wick_tests::sectors(100) : wick_tests::houses(100);
    wick::TableOptions options = wick_tests::small_options();
    options.epochs = 2;
    const auto fit = fit_table(table, classes ? "sector" : "price", options);
    CHECK(evaluate_table(fit.predictor(), table.take(fit.split().test)) == fit.metrics().test.values);
    CHECK(evaluate_table(fit.predictor(), table.take(fit.split().development)) == fit.metrics().train.values);
    CHECK(contains(wick_tests::message_of<wick::IndexError>([&] {
                     static_cast<void>(
                         evaluate_table(fit.predictor(), table.select(std::vector<std::string>{"x"})));
                   }),
                   "no column is called"));
  }
}
