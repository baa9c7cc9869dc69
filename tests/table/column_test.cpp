#include <wick/table/column.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

using wick::Column;
using wick::ColumnKind;
using wick::Index;
using wick_tests::message_of;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

wick::Texts texts() {
  wick::Texts result;
  result.add("one");
  result.add_missing();
  result.add("");
  return result;
}

}  // namespace

TEST_CASE("a column of each kind says what it holds and what is missing") {
  const Column integers("i", wick::Integers{{1, -2, 3}});
  CHECK(integers.kind() == ColumnKind::integer);
  CHECK(integers.size() == 3);
  CHECK(integers.missing_count() == 0);
  CHECK(integers.number(1) == -2);
  CHECK(integers.text(1) == "-2");
  CHECK(integers.is_numeric());

  const Column reals("r", wick::Reals{{0.5, missing, 1e300}});
  CHECK(reals.kind() == ColumnKind::real);
  CHECK(reals.missing_count() == 1);
  CHECK(reals.is_missing(1));
  CHECK(std::isnan(reals.number(1)));
  CHECK(reals.text(0) == "0.5");
  CHECK(reals.text(1).empty());

  const Column truths("b", wick::Booleans{{1, 0, -1}});
  CHECK(truths.kind() == ColumnKind::boolean);
  CHECK(truths.text(0) == "True");
  CHECK(truths.number(1) == 0);
  CHECK(std::isnan(truths.number(2)));
  CHECK(truths.missing_count() == 1);

  const Column categories("c", wick::Categories{{1, -1, 0}, {"x", "y"}});
  CHECK(categories.kind() == ColumnKind::categorical);
  CHECK(categories.text(0) == "y");
  CHECK(categories.text(1).empty());
  CHECK(categories.missing_count() == 1);
  CHECK_FALSE(categories.is_numeric());

  const Column dates("d", wick::Dates{{0, wick::Dates::missing, -1}});
  CHECK(dates.kind() == ColumnKind::date);
  CHECK(dates.text(0) == "1970-01-01");
  CHECK(dates.text(2) == "1969-12-31T23:59:59.999999");
  CHECK(dates.is_missing(1));

  const Column words("t", texts());
  CHECK(words.kind() == ColumnKind::text);
  CHECK(words.text(0) == "one");
  CHECK(words.missing_count() == 1);
  CHECK_FALSE(words.is_missing(2));
  CHECK(words.texts()[2].empty());
}

TEST_CASE("columns of numbers become tensors, classes too") {
  const Column truths("b", wick::Booleans{{1, 0, -1}});
  const auto numbers = truths.numbers<float>();
  CHECK(numbers.shape() == wick::Shape{3});
  CHECK(numbers.data()[0] == 1);
  CHECK(std::isnan(numbers.data()[2]));
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(truths.classes()); }) ==
        "column \"b\": the class of row 2 is missing");
  const auto classes = Column("c", wick::Categories{{1, 0, 1}, {"x", "y"}}).classes();
  CHECK(classes.data()[0] == 1);
  CHECK(classes.data()[1] == 0);
  const auto of_integers = Column("i", wick::Integers{{7}}).classes();
  CHECK(of_integers.data()[0] == 7);
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(Column("t", texts()).classes()); }) ==
        "column \"t\": expected categories, truth values or integers, its kind is text");
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(Column("t", texts()).numbers<double>()); }) ==
        "column \"t\": expected numbers, its kind is text");
}

TEST_CASE("what is not there is refused") {
  const Column column("x", wick::Reals{{1, 2}});
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(column.integers()); }) ==
        "column \"x\": expected integers, its kind is real");
  for (const Index row : {Index{-1}, Index{2}}) {
    CHECK_THROWS_AS(static_cast<void>(column.number(row)), wick::IndexError);
    CHECK_THROWS_AS(static_cast<void>(column.text(row)), wick::IndexError);
    CHECK_THROWS_AS(static_cast<void>(column.take(std::vector<Index>{0, row})), wick::IndexError);
  }
  CHECK(message_of<wick::OptionError>([] {
          Column("c", wick::Categories{{0, 2}, {"x", "y"}});
        }) == "Column \"c\": expected a code below 2 or -1, got 2 in row 1");
  CHECK_THROWS_AS(Column("c", wick::Categories{{-2}, {"x"}}), wick::OptionError);
  CHECK_THROWS_AS(Column("b", wick::Booleans{{2}}), wick::OptionError);
}

TEST_CASE("rows are taken in any order and as often as they are named") {
  const std::vector<Index> rows{2, 0, 2};
  const Column words = Column("t", texts()).take(rows);
  CHECK(words.text(0).empty());
  CHECK(words.text(1) == "one");
  CHECK(words.size() == 3);
  const Column categories = Column("c", wick::Categories{{1, -1, 0}, {"x", "y"}}).take(rows);
  CHECK(categories.categories().codes == std::vector<std::int32_t>{0, 1, 0});
  CHECK(Column("d", wick::Dates{{1, 2, 3}}).take(rows).text(1) == "1970-01-01T00:00:00.000001");
  CHECK(Column("x", wick::Reals{{1, 2, 3}}).take({}).size() == 0);
  CHECK(Column("x", wick::Reals{{1}}).renamed("y").name() == "y");
}

TEST_CASE("Texts refuse an index that is not there") {
  const wick::Texts some = texts();
  CHECK(message_of<wick::IndexError>([&] { static_cast<void>(some[3]); }) ==
        "Texts: index 3 is out of range for 3 texts");
  CHECK_THROWS_AS(static_cast<void>(some.is_missing(3)), wick::IndexError);
  CHECK_THROWS_AS(static_cast<void>(wick::Texts().is_missing(0)), wick::IndexError);
}
