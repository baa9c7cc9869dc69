#pragma once

// The classes or the scale of a target, by the training rows.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/preprocess/detail/category_names.hpp>
#include <wick/preprocess/detail/number_scale.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/column.hpp>
#include <wick/table/why_no_numbers.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] constexpr bool scales_targets(Scaling scaling) noexcept {
  return scaling == Scaling::none || scaling == Scaling::standard || scaling == Scaling::min_max ||
         scaling == Scaling::robust || scaling == Scaling::log;
}

/// The finite number of a cell, or nothing.
[[nodiscard]] inline std::optional<double> target_number(const CellView& cell) {
  std::optional<double> x;
  if (const auto* number = std::get_if<double>(&cell)) x = *number;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) x = static_cast<double>(*whole);
  if (const auto* truth = std::get_if<bool>(&cell)) x = *truth ? 1 : 0;
  if (const auto* text = std::get_if<std::string_view>(&cell)) x = parse_number(*text);
  return x && is_finite(*x) ? x : std::nullopt;
}

/// The digits of category_name() as a number.
[[nodiscard]] inline std::int64_t integer_in(std::string_view digits) noexcept {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

struct TargetFit {
  std::vector<std::string> classes;  // none of a regression
  NumberScale scale;
  double least = 0;
  double greatest = 0;
};

/// Different names; numbers in their order, others sorted.
[[nodiscard]] inline std::vector<std::string> class_names_of(const Column& column,
                                                             std::span<const Index> rows) {
  std::set<std::string, std::less<>> names;
  NumberText room{};
  for (const Index row : rows) {
    const auto name = category_name(cell_of(column, row), room);
    if (name && !names.contains(*name)) names.emplace(*name);
  }
  std::vector<std::string> result(names.begin(), names.end());
  if (column.kind() == ColumnKind::integer || column.kind() == ColumnKind::real) sort_by_number(result);
  return result;
}

[[nodiscard]] inline TargetFit fit_target(const Column& column, std::span<const Index> all_rows,
                                          bool is_given, bool given_regression, std::size_t most_classes,
                                          Scaling scaling) {
  const auto refuse = [&](const std::string& what) {
    throw OptionError("TargetEncoder: column " + quoted_name(column.name()) + ": " + what);
  };
  if (!scales_targets(scaling)) {
    throw OptionError("TargetOptions: scaling must be none, standard, min_max, robust or log, got " +
                      std::string(name_of(scaling)));
  }
  std::vector<Index> rows;
  for (const Index row : all_rows) {
    if (!column.is_missing(row)) rows.push_back(row);
  }
  if (rows.empty()) refuse("expected a training row or more with a target, got none");
  const ColumnKind kind = column.kind();
  if (kind == ColumnKind::date) refuse("expected classes or numbers, its kind is date");
  const bool number = kind == ColumnKind::integer || kind == ColumnKind::real;
  bool regression = given_regression;
  if (!is_given && number) {
    // Whole numbers, few of them.
    std::set<double> different;
    bool whole = true;
    for (const Index row : rows) {
      const double x = column.number(row);
      whole = whole && x == std::floor(x) && is_finite(x);
      if (!whole || different.size() > most_classes) break;
      different.insert(x);
    }
    const std::size_t count = different.size();
    regression = !whole || count > most_classes || (count > 2 && 5 * count > rows.size()) || count < 2;
  }
  TargetFit result;
  if (!regression) {
    result.classes = class_names_of(column, rows);
    const std::size_t count = result.classes.size();
    if (count < 2) refuse("expected two classes or more, got one: " + quoted_names(result.classes));
    if (!is_given && kind == ColumnKind::text && 2 * count > rows.size()) {
      const std::string why = why_no_numbers(column);
      refuse("expected classes or numbers, got texts of which most are different" +
             (why.empty() ? ", such as " + quoted_name(column.text(rows[0]), 40) : ": " + why));
    }
    return result;
  }
  std::vector<double> values;
  for (const Index row : rows) {
    const CellView cell = cell_of(column, row);
    const auto x = target_number(cell);
    if (!x) refuse("row " + std::to_string(row) + ": expected a finite number, got " + shown_cell(cell));
    values.push_back(*x);
  }
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  result.least = *least;
  result.greatest = *greatest;
  if (result.least == result.greatest)
    refuse("expected different numbers, all are " + python_repr(result.least));
  result.scale = fit_scale(values, scaling, 2, column.name());
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
