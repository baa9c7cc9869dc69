#pragma once

// Definitions of table/cell.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/base/printable.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/detail/calendar.hpp>
#include <wick/table/detail/field_values.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

WICK_INLINE DateParts parts_of(Date date) noexcept {
  std::int64_t day = date.microseconds / detail::microseconds_per_day;
  std::int64_t time = date.microseconds % detail::microseconds_per_day;
  if (time < 0) {
    time += detail::microseconds_per_day;
    --day;
  }
  const detail::CalendarDay found = detail::calendar_day(day);
  constexpr double microseconds_per_hour = 3600.0 * detail::microseconds_per_second;
  // 1970 began on a Thursday.
  const std::int64_t weekday = ((day + 3) % 7 + 7) % 7;
  return {.year = found.year,
          .month = found.month,
          .day = found.day,
          .weekday = static_cast<int>(weekday),
          .hour = static_cast<double>(time) / microseconds_per_hour};
}

WICK_INLINE std::optional<double> parse_number(std::string_view text) {
  const detail::ParsedNumber number = detail::NumberParser()(text);
  if (number.form == detail::NumberForm::none) return std::nullopt;
  return number.real;
}
WICK_INLINE std::optional<Date> parse_date(std::string_view text) {
  const detail::ParsedDate date = detail::parse_date(text);
  if (!date.ok) return std::nullopt;
  return Date{date.microseconds};
}
WICK_INLINE std::optional<bool> parse_boolean(std::string_view text) {
  const std::int8_t truth = detail::parse_boolean(text);
  if (truth < 0) return std::nullopt;
  return truth > 0;
}

WICK_INLINE CellView cell_of(const Column& column, Index row) {
  if (column.is_missing(row)) return std::monostate();
  const auto i = static_cast<std::size_t>(row);
  switch (column.kind()) {
    case ColumnKind::integer:
      return column.integers()[i];
    case ColumnKind::real:
      return column.reals()[i];
    case ColumnKind::boolean:
      return column.booleans()[i] > 0;
    case ColumnKind::categorical: {
      const Categories& categories = column.categories();
      return std::string_view(categories.names[static_cast<std::size_t>(categories.codes[i])]);
    }
    case ColumnKind::date:
      return Date{column.dates()[i]};
    case ColumnKind::text:
      break;
  }
  return column.texts()[i];
}

WICK_INLINE std::string shown_cell(const CellView& cell) {
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&cell)) return python_repr(*number);
  if (const auto* text = std::get_if<std::string_view>(&cell)) return detail::quoted_name(*text);
  if (const auto* date = std::get_if<Date>(&cell)) return detail::date_text(date->microseconds);
  return "a missing value";
}

WICK_END_NAMESPACE
