#include "support/allocations.hpp"
#include "support/throws.hpp"
#include "tabular/tables.hpp"

#include <wick/checkpoint/load_model.hpp>
#include <wick/io/any_file.hpp>
#include <wick/tabular/fit_table.hpp>
#include <wick/tabular/table_predictor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using wick::fit_table;
using wick::Index;
using wick::load_table_predictor;
using wick::Row;
using wick_tests::contains;
using wick_tests::houses;
using wick_tests::sectors;

namespace {

wick::TableFit fitted(const wick::Table& table, const char* target) {
  wick::TableOptions options = wick_tests::small_options();
  options.epochs = 3;
  return fit_table(table, target, options);
}
std::string saved(const wick::TableFit& fit, wick::FileFormat format) {
  std::ostringstream out;
  fit.save(out, format);
  return std::move(out).str();
}

}  // namespace

TEST_CASE("TablePredictor: files of both formats predict what was fitted, rows by themselves too") {
  for (const bool classes : {false, true}) {
    const wick::Table table = classes ? sectors(80) : houses(80);
    const wick::TableFit fit = fitted(table, classes ? "sector" : "price");
    const auto expected = fit.predictor().predict(table);
    for (const auto format : {wick::FileFormat::wick, wick::FileFormat::safetensors}) {
      const std::string bytes = saved(fit, format);
      const auto predictor = load_table_predictor(std::as_bytes(std::span(bytes)));
      const auto got = predictor.predict(table);
      CHECK(got.classes == expected.classes);
      CHECK(got.numbers == expected.numbers);
      CHECK(got.probabilities == expected.probabilities);
      CHECK(predictor.column_of(got).name() == (classes ? "sector" : "price"));

      auto workspace = predictor.workspace();
      for (const Index row : {Index{0}, Index{5}}) {  // rooms are missing in row 5
        const auto one = predictor.predict(Row::of(table, row), workspace);
        if (!classes) {
          CHECK(one.number == doctest::Approx(expected.numbers.data()[row]).epsilon(1e-6));
          CHECK(one.label == -1);
          continue;
        }
        CHECK(one.label == expected.classes[static_cast<std::size_t>(row)]);
        CHECK(one.name == predictor.column_of(got).text(row));
        REQUIRE(one.probabilities.size() == 3);
        CHECK(one.probabilities[1] ==
              doctest::Approx(expected.probabilities.data()[3 * row + 1]).epsilon(1e-5));
      }
      const Row row = Row::of(table, 1);
      static_cast<void>(predictor.predict(row, workspace));
      CHECK(wick_tests::allocations_in([&] { static_cast<void>(predictor.predict(row, workspace)); }) == 0);
    }
  }
}

TEST_CASE("TablePredictor: the file is a model like others") {
  const wick::TableFit fit = fitted(houses(60), "price");
  const std::string bytes = saved(fit, wick::FileFormat::wick);
  const auto model = wick::load_model(std::as_bytes(std::span(bytes)));
  const auto x = fit.predictor().preprocessing().inputs.transform<float>(houses(60));
  CHECK(model.predict(x) == fit.model().predict(x));
}

TEST_CASE("TablePredictor: numbers stay within those of the training rows") {
  const wick::Table table = houses(80);
  const auto fit = fitted(table, "price");
  auto workspace = fit.predictor().workspace();
  const auto& target = fit.predictor().preprocessing().target;
  for (const double rooms : {-1e30, 1e30}) {
    const double price =
        fit.predictor().predict({{"rooms", rooms}, {"town", "Oslo"}, {"noise", 0.5}}, workspace).number;
    CHECK(price >= target.least());
    CHECK(price <= target.greatest());
  }
}

TEST_CASE("TablePredictor: what cannot be") {
  const auto fit = fitted(houses(60), "price");
  const auto& predictor = fit.predictor();
  auto workspace = predictor.workspace();
  CHECK(contains(wick_tests::message_of<wick::IndexError>([&] {
                   static_cast<void>(predictor.predict({{"rooms", 3}, {"noise", 1}}, workspace));
                 }),
                 "town"));
  CHECK(contains(
      wick_tests::message_of<wick::IndexError>([&] { static_cast<void>(predictor.predict(sectors(10))); }),
      "rooms"));
  const auto other = fitted(houses(60), "price");
  CHECK(contains(wick_tests::message_of<wick::Error>(
                     [&] { static_cast<void>(other.predictor().predict(Row::of(houses(1), 0), workspace)); }),
                 "expected a workspace of this predictor"));
  const auto moved = std::move(workspace);
  CHECK_THROWS_AS(static_cast<void>(predictor.predict(Row::of(houses(1), 0), workspace)), wick::Error);

  // A file without a description, and one whose description is that of other columns.
  const std::string bytes = saved(fit, wick::FileFormat::wick);
  wick::Archive archive = wick::read_any(std::as_bytes(std::span(bytes))).archive;
  wick::Archive without = archive;
  std::erase_if(without.attributes, [](const auto& group) { return group.first == "metadata"; });
  CHECK(!wick::is_table_model(without));
  CHECK(wick::is_table_model(archive));
  CHECK(contains(wick_tests::message_of<wick::FormatError>(
                     [&] { static_cast<void>(load_table_predictor(without, "m.wick")); }),
                 "m.wick: expected a model of a table"));
  for (auto& [name, values] : archive.attributes) {
    if (name == "metadata") {
      values.set("preprocessing", fitted(sectors(60), "sector").predictor().preprocessing().json());
    }
  }
  CHECK(contains(wick_tests::message_of<wick::FormatError>(
                     [&] { static_cast<void>(load_table_predictor(archive, "m.wick")); }),
                 "m.wick: expected a model from rows of 2 features to 3 outputs"));
}
