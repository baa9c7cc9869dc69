#include <wick/table/cell.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using wick::Cell;
using wick::CellView;
using wick::Date;
using wick::DateParts;

namespace {

constexpr std::int64_t day = 86'400'000'000;

}  // namespace

TEST_CASE("the parts of a date") {
  CHECK(parts_of(Date{0}) == DateParts{1970, 1, 1, 3, 0});
  CHECK(parts_of(Date{-1}).year == 1969);
  CHECK(parts_of(Date{-1}).weekday == 2);
  CHECK(parts_of(*wick::parse_date("2024-02-29T18:45")) == DateParts{2024, 2, 29, 3, 18.75});
  // One day after the other from 1599 to 2401: the calendar goes on, and so do the days of the week.
  auto expected = parts_of(*wick::parse_date("1599-12-31"));
  CHECK(expected == DateParts{1599, 12, 31, 4, 0});  // a Friday
  std::int64_t count = 0;
  for (std::int64_t at = wick::parse_date("1600-01-01")->microseconds; expected.year < 2401;
       at += day, ++count) {
    const auto got = parts_of(Date{at});
    const bool next_day =
        got.year == expected.year && got.month == expected.month && got.day == expected.day + 1;
    const bool next_month = got.year == expected.year && got.month == expected.month + 1 && got.day == 1 &&
                            expected.day >= (expected.month == 2 ? 28 : 30);
    const bool next_year = got.year == expected.year + 1 && got.month == 1 && got.day == 1 &&
                           expected.month == 12 && expected.day == 31;
    if (!next_day && !next_month && !next_year) FAIL(got.year << "-" << got.month << "-" << got.day);
    if (got.weekday != (expected.weekday + 1) % 7) FAIL(got.year << "-" << got.month << "-" << got.day);
    expected = got;
  }
  CHECK(count == 292'561);  // 801 years, of which 195 have a day more, and the first of 2401
  for (const std::int64_t far :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    const auto parts = parts_of(Date{far});
    CHECK(parts.month >= 1);
    CHECK(parts.month <= 12);
    CHECK(parts.hour < 24);
  }
}

TEST_CASE("texts that are numbers, dates and truth values") {
  CHECK(wick::parse_number(" -1.5e3 ") == -1500.0);
  CHECK(wick::parse_number("12") == 12.0);
  CHECK_FALSE(wick::parse_number("1,5").has_value());
  CHECK_FALSE(wick::parse_number("").has_value());
  CHECK(wick::parse_date("1970-01-02") == Date{day});
  CHECK_FALSE(wick::parse_date("2023-02-29").has_value());
  CHECK(wick::parse_boolean("TRUE") == true);
  CHECK(wick::parse_boolean("false") == false);
  CHECK_FALSE(wick::parse_boolean("yes").has_value());
}

TEST_CASE("cells of columns, and by themselves") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  wick::Texts texts;
  texts.add("a");
  texts.add_missing();
  const std::vector<wick::Column> columns{{"i", wick::Integers{{7, 8}}},
                                          {"r", wick::Reals{{0.5, nan}}},
                                          {"b", wick::Booleans{{1, -1}}},
                                          {"c", wick::Categories{{0, -1}, {"x"}}},
                                          {"d", wick::Dates{{day, wick::Dates::missing}}},
                                          {"t", texts}};
  const std::vector<std::string> shown{"7", "0.5", "true", "\"x\"", "1970-01-02", "\"a\""};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    CHECK(shown_cell(cell_of(columns[i], 0)) == shown[i]);
    const Cell copy = Cell::copy_of(cell_of(columns[i], 0));
    CHECK(copy.view() == cell_of(columns[i], 0));
    if (i > 0) CHECK(std::holds_alternative<std::monostate>(cell_of(columns[i], 1)));
    CHECK_THROWS_AS(static_cast<void>(cell_of(columns[i], 2)), wick::IndexError);
  }
  CHECK(Cell().is_missing());
  CHECK(Cell(std::nullopt).is_missing());
  CHECK(Cell(nan).is_missing());
  CHECK(Cell(3) == Cell(std::int64_t{3}));
  CHECK(Cell(3) != Cell(3.0));
  CHECK(Cell(true) != Cell(1));
  CHECK(Cell("x") == Cell(std::string("x")));
  CHECK(Cell(1.5F) == Cell(1.5));
  CHECK(Cell(std::uint64_t{1} << 63) == Cell(9223372036854775808.0));
  CHECK(wick::shown_cell(CellView()) == "a missing value");
}
