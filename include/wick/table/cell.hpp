#pragma once

// One value of a table, where it lies or by itself.

#include <wick/table/column.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

WICK_BEGIN_NAMESPACE

/// A date, or a date and a time of day: microseconds since the beginning of 1970, as Dates has them.
struct Date {
  std::int64_t microseconds = 0;  ///< 86,400,000,000 of them are a day

  friend bool operator==(Date, Date) = default;
};

/// What a calendar and a clock say of a Date, by the Gregorian calendar, extended to years before it.
struct DateParts {
  std::int64_t year = 1970;  ///< 0 is the one before 1
  int month = 1;             ///< 1 to 12
  int day = 1;               ///< 1 to 31
  int weekday = 0;           ///< 0, a Monday, to 6
  double hour = 0;           ///< with its fraction, 0 to 24

  friend bool operator==(const DateParts&, const DateParts&) = default;
};

/// The parts of a date.
[[nodiscard]] DateParts parts_of(Date date) noexcept;

/// The number that a text is, read as read_csv() reads one with a decimal point; nothing if it is none.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
/// The date that a text is in ISO 8601, as read_csv() reads one; nothing if it is none.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
/// `true` or `false` in any case; nothing for another text.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// A value where it lies: nothing if it is missing. A text must outlive this.
using CellView = std::variant<std::monostate, bool, std::int64_t, double, std::string_view, Date>;

/// The value of a row; NaN is missing, a category is its name. Throws IndexError.
[[nodiscard]] CellView cell_of(const Column& column, Index row);
void cell_of(const Column&& column, Index row) = delete;

/// The value as a text for messages: `12`, `0.5`, `"Oslo"`, `true`, `2024-02-29`, `a missing value`. Texts
/// are made printable and cut off.
[[nodiscard]] std::string shown_cell(const CellView& cell);

/// A value by itself: a number, a text, a truth value, a date, or nothing where it is missing.
class Cell {
 public:
  /// One that is missing.
  Cell() = default;
  Cell(std::nullopt_t) noexcept {}
  /// Implicit: numbers, texts, truth values and dates are cells. NaN is missing.
  template <class Number>
  requires(std::is_arithmetic_v<Number>) Cell(Number x)
  noexcept {
    static_assert(std::same_as<Number, bool> || std::floating_point<Number> ||
                      (std::integral<Number> && !std::same_as<Number, char>),
                  "a character is neither a number nor a text: say \"x\" instead of 'x'");
    if constexpr (std::same_as<Number, bool>) {
      value_ = x;
    } else if constexpr (std::floating_point<Number>) {
      if (x == x) value_ = static_cast<double>(x);
    } else if (std::in_range<std::int64_t>(x)) {
      value_ = static_cast<std::int64_t>(x);
    } else {
      value_ = static_cast<double>(x);
    }
  }
  Cell(const char* text) : value_(std::string(text)) {}
  Cell(std::string_view text) : value_(std::string(text)) {}
  Cell(std::string text) noexcept : value_(std::move(text)) {}
  Cell(Date date) noexcept : value_(date) {}
  Cell(std::nullptr_t) = delete;

  /// Whether there is no value.
  [[nodiscard]] bool is_missing() const noexcept { return std::holds_alternative<std::monostate>(value_); }
  /// What it is, valid until it changes.
  [[nodiscard]] CellView view() const& noexcept {
    if (const auto* text = std::get_if<std::string>(&value_)) return std::string_view(*text);
    if (const auto* truth = std::get_if<bool>(&value_)) return *truth;
    if (const auto* whole = std::get_if<std::int64_t>(&value_)) return *whole;
    if (const auto* number = std::get_if<double>(&value_)) return *number;
    if (const auto* date = std::get_if<Date>(&value_)) return *date;
    return std::monostate();
  }
  void view() const&& = delete;
  /// A copy of what lies elsewhere.
  [[nodiscard]] static Cell copy_of(const CellView& cell) {
    return std::visit(
        [](auto x) {
          if constexpr (std::same_as<decltype(x), std::monostate>) {
            return Cell();
          } else {
            return Cell(x);
          }
        },
        cell);
  }

  friend bool operator==(const Cell&, const Cell&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Date> value_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/table/cell.ipp>
#endif
