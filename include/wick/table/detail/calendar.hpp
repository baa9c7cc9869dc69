#pragma once

// Dates of the Gregorian calendar as microseconds, and as ISO 8601 writes them.

#include <wick/version.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t seconds_per_day = 86'400;
inline constexpr std::int64_t microseconds_per_day = seconds_per_day * microseconds_per_second;

/// Days from 1970-01-01 to a date of the Gregorian calendar, which is extended to years before it. The year
/// begins in March here, so that the day that comes and goes is its last.
[[nodiscard]] constexpr std::int64_t days_since_1970(std::int64_t year, int month, int day) noexcept {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const int m = month <= 2 ? month + 9 : month - 3;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * m + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

[[nodiscard]] constexpr int days_in_month(int year, int month) noexcept {
  constexpr std::array days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

/// A date in a text.
struct ParsedDate {
  bool ok = false;
  bool in_utc = false;  ///< the text ends in Z
  std::int64_t microseconds = 0;
};

/// `2024-02-29`, `2024-02-29 12:30`, `2024-02-29T12:30:15.250Z`: ISO 8601 with a date, and a time of day with
/// up to six decimals of a second. Years 0001 to 9999.
[[nodiscard]] inline ParsedDate parse_date(std::string_view text) noexcept {
  std::size_t at = 0;
  bool ok = true;
  const auto digits = [&](std::size_t count) {
    int value = 0;
    for (; count > 0 && ok; --count, ++at) {
      ok = at < text.size() && text[at] >= '0' && text[at] <= '9';
      if (ok) value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  const auto one_of = [&](std::string_view characters) {
    ok = ok && at < text.size() && characters.find(text[at]) != std::string_view::npos;
    ++at;
  };
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return {};
  const int year = digits(4);
  one_of("-");
  const int month = digits(2);
  one_of("-");
  const int day = digits(2);
  if (!ok || year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return {};
  ParsedDate result{.ok = true};
  std::int64_t time = 0;
  if (at < text.size()) {
    one_of(" T");
    const int hour = digits(2);
    one_of(":");
    const int minute = digits(2);
    int second = 0;
    int fraction = 0;
    if (ok && at < text.size() && text[at] == ':') {
      ++at;
      second = digits(2);
      if (ok && at < text.size() && text[at] == '.') {
        ++at;
        int scale = 100'000;
        for (; ok && at < text.size() && text[at] != 'Z'; scale /= 10) {
          fraction += digits(1) * scale;
          ok = ok && scale > 0;
        }
        ok = ok && scale < 100'000;
      }
    }
    if (ok && at < text.size()) {
      one_of("Z");
      result.in_utc = true;
    }
    if (!ok || at != text.size() || hour > 23 || minute > 59 || second > 59) return {};
    time =
        (hour * std::int64_t{3600} + minute * std::int64_t{60} + second) * microseconds_per_second + fraction;
  }
  result.microseconds = days_since_1970(year, month, day) * microseconds_per_day + time;
  return result;
}

/// A day of the Gregorian calendar.
struct CalendarDay {
  std::int64_t year;
  int month;
  int day;
};

/// The day so many days after 1970-01-01.
[[nodiscard]] constexpr CalendarDay calendar_day(std::int64_t day) noexcept {
  const std::int64_t since_march_of_0 = day + 719'468;
  const std::int64_t era = (since_march_of_0 >= 0 ? since_march_of_0 : since_march_of_0 - 146'096) / 146'097;
  const std::int64_t of_era = since_march_of_0 - era * 146'097;
  // Without the days that leap years have more.
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;  // March is 0
  const std::int64_t calendar_month = month < 10 ? month + 3 : month - 9;
  return {year + era * 400 + (calendar_month <= 2 ? 1 : 0), static_cast<int>(calendar_month),
          static_cast<int>(of_year - (153 * month + 2) / 5 + 1)};
}

/// `2024-02-29`, or `2024-02-29T12:30:15.250000` where the time is not midnight; the decimals where there are
/// any. Years of more than four digits as they are.
[[nodiscard]] inline std::string date_text(std::int64_t microseconds) {
  std::int64_t day = microseconds / microseconds_per_day;
  std::int64_t time = microseconds % microseconds_per_day;
  if (time < 0) {
    time += microseconds_per_day;
    --day;
  }
  const CalendarDay found = calendar_day(day);
  const auto padded = [](std::int64_t value, std::size_t digits) {
    std::string text = std::to_string(value < 0 ? -value : value);
    if (text.size() < digits) text.insert(0, digits - text.size(), '0');
    return value < 0 ? "-" + text : text;
  };
  std::string text = padded(found.year, 4) + "-" + padded(found.month, 2) + "-" + padded(found.day, 2);
  if (time == 0) return text;
  const std::int64_t seconds = time / microseconds_per_second;
  text +=
      "T" + padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
  if (time % microseconds_per_second != 0) text += "." + padded(time % microseconds_per_second, 6);
  return text;
}

}  // namespace detail

WICK_END_NAMESPACE
