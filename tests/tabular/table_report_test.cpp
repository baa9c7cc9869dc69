#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/report/html.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/table_report.hpp>

#include <doctest/doctest.h>

#include <string>

using wick_tests::contains;

TEST_CASE("table_report: all that is known is in it") {
  wick::TableOptions options = wick_tests::small_options();
  options.epochs = 2;
  for (const bool classes : {false, true}) {
    for (const double share : {0.2, 0.0}) {
      options.test_share = share;
      const wick::Table table = classes ? wick_tests::sectors(100) : wick_tests::houses(100);
      const auto fit = fit_table(table, classes ? "sector" : "price", options);
      const wick::Report report = table_report(fit, table, {.name = "data.csv", .hash = "SHA-256 0123"});
      CHECK(report.metrics.size() == (share > 0 ? 3 : 2));
      CHECK(report.curves.size() == 1);
      CHECK(report.curves[0].series.size() == 3);  // training of one network, validation of both
      CHECK(report.confusion.has_value() == classes);
      CHECK(report.residuals.has_value() == !classes);
      CHECK(report.importances.columns.size() == (classes ? 2 : 3));
      CHECK(report.data.rows == 100);
      CHECK(report.data.columns.size() == table.columns().size());
      CHECK(report.data.columns.back().note == "target");
      REQUIRE(!report.mistakes.rows.empty());
      const auto& worst = report.mistakes.rows[0];
      CHECK(worst.expected == table[classes ? "sector" : "price"].text(*worst.row));
      const std::string html = report_html(report);
      CHECK(contains(html, "data.csv"));
      CHECK(contains(html, "SHA-256 0123"));
    }
  }
}
