#include <wick/table/detail/calendar.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using wick::detail::date_text;
using wick::detail::parse_date;

TEST_CASE("every day of four centuries and some is the day after the one before") {
  // 400 years repeat.
  std::int64_t day = wick::detail::days_since_1970(1599, 12, 31);
  CHECK(wick::detail::days_since_1970(1970, 1, 1) == 0);
  CHECK(wick::detail::days_since_1970(2000, 3, 1) == 11'017);
  for (int year = 1600; year < 2010; ++year) {
    for (int month = 1; month <= 12; ++month) {
      const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      const int days = month == 2                                              ? (leap ? 29 : 28)
                       : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                               : 31;
      CHECK(wick::detail::days_in_month(year, month) == days);
      for (int d = 1; d <= days; ++d) {
        ++day;
        if (wick::detail::days_since_1970(year, month, d) != day) FAIL(year, " ", month, " ", d);
      }
    }
  }
}

TEST_CASE("dates are read and written") {
  for (const char* text : {"0001-01-01", "1969-12-31", "1970-01-01", "2000-02-29", "2024-02-29T12:30:15",
                           "2024-12-31T00:00:00.000001", "9999-12-31T23:59:59.999999", "1582-10-15"}) {
    const auto date = parse_date(text);
    CHECK(date.ok);
    CHECK_FALSE(date.in_utc);
    CHECK(date_text(date.microseconds) == text);
  }
  CHECK(parse_date("2024-02-29 12:30").microseconds == parse_date("2024-02-29T12:30:00.0").microseconds);
  CHECK(parse_date("2024-02-29T12:30Z").in_utc);
  CHECK(parse_date("1970-01-01T00:00:00.25Z").microseconds == 250'000);
  // Days of years that no text has.
  CHECK(date_text((std::numeric_limits<std::int64_t>::max)()) == "294247-01-10T04:00:54.775807");
  CHECK(date_text((std::numeric_limits<std::int64_t>::min)()) == "-290308-12-21T19:59:05.224192");
}

TEST_CASE("what is no date is none") {
  for (const char* text : {"",
                           "2024",
                           "2024-1-1",
                           "2024-01-32",
                           "2023-02-29",
                           "1900-02-29",
                           "2024-13-01",
                           "2024-00-01",
                           "2024-01-00",
                           "0000-01-01",
                           "2024-01-01 ",
                           "2024-01-01T",
                           "2024-01-01T12",
                           "2024-01-01T12:3",
                           "2024-01-01T24:00",
                           "2024-01-01T12:60",
                           "2024-01-01T12:30:60",
                           "2024-01-01T12:30:15.",
                           "2024-01-01T12:30:15.1234567",
                           "2024-01-01T12:30z",
                           "2024-01-01Z",
                           "2024-01-01T12:30+01:00",
                           "2024-01-01x12:30",
                           "-024-01-01",
                           "2024/01/01",
                           "20240101ab",
                           " 2024-01-01"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text).ok);
  }
}
