#pragma once

// Why a column that was meant as numbers was read as texts.

#include <wick/base/types.hpp>
#include <wick/table/column.hpp>
#include <wick/table/detail/meant_numbers.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

/// Why a column of texts or categories holds no numbers or dates, if that is what it seems to be meant as:
/// `row 150 is "n/k", which is no number, as most are`, or `such as "$1,234.50"; numbers have no signs of
/// currencies ...`. Empty for others, and for columns of other kinds. Categories are taken by their names,
/// and codes such as 1, 2 and X are not meant as numbers.
[[nodiscard]] inline std::string why_no_numbers(const Column& column) {
  detail::MeantNumbers meant;
  if (column.kind() == ColumnKind::categorical) {
    for (const std::string& name : column.categories().names) meant.add(name);
    const bool codes = meant.numbers() < 8 || 4 * meant.others() > meant.numbers();
    return meant.numbers() > 0 && codes ? std::string() : meant.why();
  }
  if (column.kind() != ColumnKind::text) return {};
  for (Index row = 0; row < column.size(); ++row) {
    if (!column.is_missing(row)) meant.add(column.text(row), row);
  }
  return meant.why();
}

WICK_END_NAMESPACE
