#include <wick/table/table.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using wick::Column;
using wick::Index;
using wick::Table;
using wick_tests::message_of;

namespace {

Table sample() {
  return Table({Column("price", wick::Reals{{1.5, std::nan(""), 2}}),
                Column("rooms", wick::Integers{{3, 4, 5}}),
                Column("town", wick::Categories{{0, 1, -1}, {"Oslo", "Rome"}}),
                Column("sold", wick::Booleans{{0, 1, 1}})});
}

}  // namespace

TEST_CASE("columns are found by name") {
  const Table table = sample();
  CHECK(table.rows() == 3);
  CHECK(table.names() == std::vector<std::string>{"price", "rooms", "town", "sold"});
  CHECK(table["rooms"].integers()[2] == 5);
  CHECK(table.find("garden") == nullptr);
  CHECK(message_of<wick::IndexError>([&] { static_cast<void>(table["garden"]); }) ==
        "Table: no column is called \"garden\"; there is \"price\", \"rooms\", \"town\", \"sold\"");
  CHECK(message_of<wick::IndexError>([] { static_cast<void>(Table()["x"]); }) ==
        "Table: no column is called \"x\"; there are none");
  CHECK(Table().rows() == 0);
}

TEST_CASE("columns of other lengths or taken names are refused, and the table stays") {
  Table table = sample();
  CHECK(message_of<wick::ShapeError>([&] { table.add(Column("x", wick::Integers{{1}})); }) ==
        "Table: expected 3 rows in the column \"x\", got 1");
  CHECK(message_of<wick::IndexError>([&] {
          table.add(Column("town", wick::Integers{{1, 2, 3}}));
        }) == "Table: there is a column \"town\" already");
  CHECK(table.columns().size() == 4);
  CHECK(table["town"].kind() == wick::ColumnKind::categorical);
}

TEST_CASE("columns and rows are selected") {
  const Table table = sample();
  const std::vector<std::string> names{"sold", "price"};
  const Table part = table.select(names).take(std::vector<Index>{2, 2, 0});
  CHECK(part.names() == names);
  CHECK(part.rows() == 3);
  CHECK(part["price"].number(0) == 2);
  CHECK(part["sold"].text(2) == "False");
  CHECK_THROWS_AS(static_cast<void>(table.select(std::vector<std::string>{"x"})), wick::IndexError);
  CHECK_THROWS_AS(static_cast<void>(table.take(std::vector<Index>{3})), wick::IndexError);
}

TEST_CASE("numeric columns become a matrix, row by row") {
  const Table table = sample();
  const auto all = table.numbers<double>();
  CHECK(all.shape() == wick::Shape{3, 3});  // without the town
  CHECK(all.at(0, 0) == 1.5);
  CHECK(std::isnan(all.at(1, 0)));
  CHECK(all.at(2, 1) == 5);
  CHECK(all.at(2, 2) == 1);
  const auto chosen = table.numbers<float>(std::vector<std::string>{"sold", "rooms"});
  CHECK(chosen.shape() == wick::Shape{3, 2});
  CHECK(chosen.at(1, 0) == 1);
  CHECK(chosen.at(1, 1) == 4);
  CHECK_THROWS_AS(static_cast<void>(table.numbers<float>(std::vector<std::string>{"town"})),
                  wick::OptionError);
}

TEST_CASE("a description has a line for each column") {
  CHECK(sample().describe() ==
        "3 rows\n"
        "price  real         1 missing\n"
        "rooms  integer\n"
        "town   categorical  2 categories, 1 missing\n"
        "sold   boolean\n");
  CHECK(Table().describe() == "0 rows\n");
}
