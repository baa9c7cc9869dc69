#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/table_fit.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>

using wick_tests::contains;

TEST_CASE("TableFit: metrics as JSON and as text") {
  wick::TableOptions options = wick_tests::small_options();
  options.epochs = 1;
  options.seed = 7;
  const auto fit = fit_table(wick_tests::houses(50), "price", options);
  const std::string json = fit.json();
  CHECK(json.starts_with(
      "{\n  \"task\": \"regression\",\n  \"target\": \"price\",\n  \"metrics\": {\n    \"train\": "
      "{\"rows\": 45, \"values\": {\"RMSE\": "));
  CHECK(contains(json, "\"test\": {\"rows\": 5, "));
  CHECK(contains(json, "\"networks\": 2,\n  \"epochs\": 1,"));
  CHECK(contains(json, "\"seed\": 7"));
  std::ostringstream text;
  text << fit.metrics();
  CHECK(contains(text.str(), "train  validation"));
  CHECK(contains(text.str(), "\nR2 "));

  // Without test rows there is no column for them, and what is undefined is null.
  options.test_share = 0;
  const auto untested = fit_table(wick_tests::houses(50), "price", options);
  std::ostringstream shorter;
  shorter << untested.metrics();
  CHECK(!contains(shorter.str(), "test"));
  CHECK(contains(untested.json(), "\"test\": {\"rows\": 0, \"values\": {}}"));
  wick::TableMetrics empty;
  std::ostringstream nothing;
  nothing << empty;
  CHECK(nothing.str().empty());
}

TEST_CASE("TableFit: files of formats that are not written") {
  wick::TableOptions options = wick_tests::small_options();
  options.epochs = 1;
  const auto fit = fit_table(wick_tests::houses(30), "price", options);
  CHECK_THROWS_AS(fit.save("model.onnx"), wick::OptionError);
}
