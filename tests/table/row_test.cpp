#include <wick/table/row.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

using wick::Cell;
using wick::Row;
using wick_tests::message_of;

TEST_CASE("a row has values under names") {
  Row row{{"rooms", 3}, {"town", "Oslo"}, {"price", std::nullopt}};
  CHECK(row.names() == std::vector<std::string>{"rooms", "town", "price"});
  CHECK(row["town"] == Cell("Oslo"));
  CHECK(row["price"].is_missing());
  row.set("rooms", 4.5);
  row.set("garden", true);
  CHECK(row["rooms"] == Cell(4.5));
  CHECK(row.items().size() == 4);
  CHECK(row.find("Town") == nullptr);
  CHECK(message_of<wick::IndexError>([&] { static_cast<void>(row["Town"]); }) ==
        "Row: no value is called \"Town\"; there is \"rooms\", \"town\", \"price\", \"garden\"");
  CHECK(message_of<wick::IndexError>([] { static_cast<void>(Row()["x"]); }) ==
        "Row: no value is called \"x\"; there are none");
  CHECK(message_of<wick::IndexError>([] {
          static_cast<void>(Row{{"x", 1}, {"x", 2}});
        }) == "Row: there is a value \"x\" already");
  // Whatever the hint is, the name is found.
  for (std::size_t begin = 0; begin < 6; ++begin) {
    std::size_t hint = begin;
    CHECK(row.find("town", &hint) == &row["town"]);
    CHECK(hint == 2);
  }
}

TEST_CASE("a row of a table") {
  const wick::Table table(
      {wick::Column("x", wick::Reals{{1, 2}}), wick::Column("y", wick::Booleans{{1, -1}})});
  CHECK(Row::of(table, 1) == Row{{"x", 2.0}, {"y", std::nullopt}});
  CHECK_THROWS_AS(static_cast<void>(Row::of(table, 2)), wick::IndexError);
}
