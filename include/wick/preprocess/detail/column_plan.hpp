#pragma once

// What becomes of one column: the statistics of the training rows, and the features of a cell.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/preprocess/detail/category_names.hpp>
#include <wick/preprocess/detail/number_scale.hpp>
#include <wick/preprocess/options.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/column.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Numbers that are made of a date.
enum class DatePart : std::uint8_t { days, year, month, day, weekday, hour };
inline constexpr std::array<std::string_view, 6> date_part_names{"days", "year",    "month",
                                                                 "day",  "weekday", "hour"};

/// The numbers of a date in the order of DatePart: days since the beginning of 1970 with their fraction, and
/// what parts_of() says.
using DateNumbers = std::array<double, date_part_names.size()>;
[[nodiscard]] inline DateNumbers date_numbers(Date date) {
  constexpr double day_length = 86'400e6;  // in microseconds
  const DateParts parts = parts_of(date);
  return {static_cast<double>(date.microseconds) / day_length,
          static_cast<double>(parts.year),
          static_cast<double>(parts.month),
          static_cast<double>(parts.day),
          static_cast<double>(parts.weekday),
          parts.hour};
}

/// A cell that is not what its column expects.
struct WrongCell {
  std::string_view expected;
};

struct ColumnPlan {
  std::string name;
  ColumnKind kind = ColumnKind::real;       ///< in the training table
  Treatment treatment = Treatment::number;  ///< none of automatic and ignore
  std::vector<DatePart> parts = {};         ///< of dates, those that differ among the training rows
  std::vector<NumberScale> scales = {};     ///< of a number or ordinal: one or none; of dates: each part's
  CategoryNames categories = {};            ///< those that are known
  bool missing_category = false;            ///< a missing one is one more
  bool indicator = false;                   ///< of numbers: a feature that is 1 where one is missing
  Index feature = 0;                        ///< the first one

  [[nodiscard]] Index category_count() const noexcept {
    return static_cast<Index>(categories.size()) + (missing_category ? 1 : 0);
  }
  /// Two categories are one feature.
  [[nodiscard]] bool is_sign() const noexcept {
    return treatment == Treatment::one_hot && category_count() == 2;
  }
  [[nodiscard]] Index width() const noexcept {
    if (treatment == Treatment::embedding || is_sign()) return 1;
    if (treatment == Treatment::one_hot) return category_count();
    return static_cast<Index>(scales.size()) + (indicator ? 1 : 0);
  }

  /// The place of a category: 0 to category_count() - 1, or -1 for one that is not known.
  [[nodiscard]] Index place_of(const CellView& cell) const {
    if (std::holds_alternative<std::monostate>(cell)) {
      return missing_category ? static_cast<Index>(categories.size()) : -1;
    }
    if (kind == ColumnKind::boolean) return categories.place_of(truth_of(cell) ? "True" : "False");
    NumberText room{};
    const auto called = category_name(cell, room);
    if (!called) throw WrongCell{"a category"};
    const Index place = categories.place_of(*called);
    const auto* number = std::get_if<double>(&cell);
    if (place >= 0 || number == nullptr) return place;
    // A text 3.0 in the training table.
    return categories.place_of(python_repr(*number));
  }
  /// Of a cell that is not missing. Throws WrongCell.
  [[nodiscard]] static bool truth_of(const CellView& cell) {
    std::optional<bool> truth;
    if (const auto* found = std::get_if<bool>(&cell)) truth = *found;
    if (const auto* text = std::get_if<std::string_view>(&cell)) truth = wick::parse_boolean(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&cell);
        whole != nullptr && (*whole == 0 || *whole == 1)) {
      truth = *whole == 1;
    }
    if (const auto* number = std::get_if<double>(&cell);
        number != nullptr && (*number == 0 || *number == 1)) {
      truth = *number == 1;
    }
    if (!truth) throw WrongCell{"true or false"};
    return *truth;
  }
  /// Throws WrongCell.
  [[nodiscard]] static std::optional<double> number_of(const CellView& cell) {
    double x = 0;
    if (const auto* number = std::get_if<double>(&cell)) {
      x = *number;
    } else if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
      x = static_cast<double>(*whole);
    } else if (const auto* truth = std::get_if<bool>(&cell)) {
      x = *truth ? 1 : 0;
    } else if (const auto* text = std::get_if<std::string_view>(&cell)) {
      const auto parsed = wick::parse_number(*text);
      if (!parsed) throw WrongCell{"a number"};
      x = *parsed;
    } else if (std::holds_alternative<Date>(cell)) {
      throw WrongCell{"a number"};
    } else {
      return std::nullopt;
    }
    if (!is_finite(x)) throw WrongCell{"a finite number"};
    return x;
  }
  /// Throws WrongCell.
  [[nodiscard]] static std::optional<Date> date_of(const CellView& cell) {
    if (std::holds_alternative<std::monostate>(cell)) return std::nullopt;
    if (const auto* date = std::get_if<Date>(&cell)) return *date;
    const auto* text = std::get_if<std::string_view>(&cell);
    const auto parsed = text == nullptr ? std::optional<Date>() : wick::parse_date(*text);
    if (!parsed) throw WrongCell{"a date such as 2024-02-29"};
    return parsed;
  }

  /// The width() features of a category at its place.
  template <class T>
  void write_category(Index place, T* out) const {
    if (treatment == Treatment::embedding) {
      *out = static_cast<T>(place + 1);
    } else if (is_sign()) {
      *out = static_cast<T>(place < 0 ? 0 : place == 0 ? -1 : 1);
    } else if (treatment == Treatment::ordinal) {
      write_numbers<T>(place < 0 ? std::optional<double>() : std::optional(static_cast<double>(place)), out);
    } else {
      std::fill_n(out, width(), T(0));
      if (place >= 0) out[place] = T(1);
    }
  }
  /// The features of a cell. Throws WrongCell.
  template <class T>
  void write(const CellView& cell, T* out) const {
    switch (treatment) {
      case Treatment::number:
        return write_numbers(number_of(cell), out);
      case Treatment::date:
        return write_date(date_of(cell), out);
      case Treatment::automatic:
      case Treatment::ignore:
      case Treatment::ordinal:
      case Treatment::one_hot:
      case Treatment::embedding:
        return write_category(place_of(cell), out);
    }
  }

 private:
  template <class T>
  void write_numbers(std::optional<double> x, T* out) const {
    if (!scales.empty()) *out++ = rounded_to<T>(scales.front()(x.value_or(scales.front().fill)));
    if (indicator) *out = T(x ? 0 : 1);
  }
  template <class T>
  void write_date(std::optional<Date> date, T* out) const {
    const DateNumbers numbers = date_numbers(date.value_or(Date()));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const double x = date ? numbers[static_cast<std::size_t>(parts[i])] : scales[i].fill;
      *out++ = rounded_to<T>(scales[i](x));
    }
    if (indicator) *out = T(date ? 0 : 1);
  }
};

}  // namespace detail

WICK_END_NAMESPACE
