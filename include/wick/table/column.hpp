#pragma once

// A named column of a table: numbers, truth values, categories, dates or texts.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/base/types.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What a column holds.
enum class ColumnKind : std::uint8_t {
  integer,      ///< int64, none of them missing
  real,         ///< double; NaN where one is missing
  boolean,      ///< true, false or missing
  categorical,  ///< one of some names, or missing
  date,         ///< a date, or a date and a time of day, or missing
  text,         ///< anything else
};

/// `integer`, `real`, `boolean`, `categorical`, `date` or `text`.
[[nodiscard]] constexpr std::string_view name_of(ColumnKind kind) noexcept {
  switch (kind) {
    case ColumnKind::integer:
      return "integer";
    case ColumnKind::real:
      return "real";
    case ColumnKind::boolean:
      return "boolean";
    case ColumnKind::categorical:
      return "categorical";
    case ColumnKind::date:
      return "date";
    case ColumnKind::text:
      return "text";
  }
  return "unknown";
}

/// Whole numbers.
struct Integers {
  std::vector<std::int64_t> values;  ///< none is missing
};

/// Numbers; NaN stands for one that is missing.
struct Reals {
  std::vector<double> values;  ///< in order
};

/// Truth values: 1, 0, or -1 for one that is missing.
struct Booleans {
  static constexpr std::int8_t missing = -1;  ///< stands for one that is missing
  std::vector<std::int8_t> values;            ///< in order
};

/// Microseconds since the beginning of 1970, by the calendar and the clock that the file names; of texts that
/// end in `Z`, in UTC. 86,400,000,000 of them are a day.
struct Dates {
  static constexpr std::int64_t missing =
      (std::numeric_limits<std::int64_t>::min)();  ///< stands for one that is missing
  std::vector<std::int64_t> microseconds;          ///< in order
};

/// For each row the index of its name, or -1 where it is missing.
struct Categories {
  static constexpr std::int32_t missing = -1;  ///< stands for one that is missing
  std::vector<std::int32_t> codes;             ///< places in `names`
  std::vector<std::string> names;              ///< of the categories
};

/// Many texts in one block of memory.
class Texts {
 public:
  /// One more.
  void add(std::string_view text) {
    characters_ += text;
    ends_.push_back(characters_.size());
  }
  /// One more, which is missing.
  void add_missing() { ends_.push_back(characters_.size() | missing_mark); }
  /// Makes room for so many texts of so many bytes together.
  void reserve(std::size_t count, std::size_t bytes) {
    ends_.reserve(count);
    characters_.reserve(bytes);
  }

  /// Number of texts.
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  /// Bytes of all texts together.
  [[nodiscard]] std::size_t byte_size() const noexcept { return characters_.size(); }
  /// Throws IndexError.
  [[nodiscard]] bool is_missing(std::size_t i) const { return (end_of(i) & missing_mark) != 0; }
  /// Empty where it is missing. Throws IndexError.
  [[nodiscard]] std::string_view operator[](std::size_t i) const& {
    const std::uint64_t end = end_of(i) & ~missing_mark;
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1] & ~missing_mark;
    return std::string_view(characters_)
        .substr(detail::as_integer<std::size_t>(begin), detail::as_integer<std::size_t>(end - begin));
  }
  void operator[](std::size_t i) const&& = delete;

 private:
  static constexpr std::uint64_t missing_mark = std::uint64_t{1} << 63;

  [[nodiscard]] std::uint64_t end_of(std::size_t i) const {
    if (i < ends_.size()) return ends_[i];
    throw IndexError("Texts: index " + std::to_string(i) + " is out of range for " +
                     std::to_string(ends_.size()) + " texts");
  }

  std::string characters_;
  std::vector<std::uint64_t> ends_;
};

/// One column of a Table. Immutable, as are the columns of a table.
class Column {
 public:
  /// What a column may hold, in the order of ColumnKind.
  using Values = std::variant<Integers, Reals, Booleans, Categories, Dates, Texts>;

  /// Throws OptionError for more rows than Index has, and for truth values and codes that stand for nothing.
  Column(std::string name, Values values);

  /// What it is called.
  [[nodiscard]] const std::string& name() const& noexcept { return name_; }
  [[nodiscard]] std::string name() && noexcept { return std::move(name_); }
  /// What it holds.
  [[nodiscard]] ColumnKind kind() const noexcept;
  /// Rows.
  [[nodiscard]] Index size() const noexcept;
  /// Whether the value of a row is missing. Throws IndexError.
  [[nodiscard]] bool is_missing(Index row) const;
  /// How many are missing.
  [[nodiscard]] Index missing_count() const;

  /// The values, if the kind is that; throws OptionError otherwise.
  [[nodiscard]] std::span<const std::int64_t> integers() const&;
  /// The reals; throws OptionError for another kind, as the others do.
  [[nodiscard]] std::span<const double> reals() const&;
  /// The truth values.
  [[nodiscard]] std::span<const std::int8_t> booleans() const&;
  /// The categories.
  [[nodiscard]] const Categories& categories() const&;
  /// The dates.
  [[nodiscard]] std::span<const std::int64_t> dates() const&;
  /// The texts.
  [[nodiscard]] const Texts& texts() const&;
  void integers() const&& = delete;
  void reals() const&& = delete;
  void booleans() const&& = delete;
  void categories() const&& = delete;
  void dates() const&& = delete;
  void texts() const&& = delete;

  /// Whether number() can be asked.
  [[nodiscard]] bool is_numeric() const noexcept {
    return kind() == ColumnKind::integer || kind() == ColumnKind::real || kind() == ColumnKind::boolean;
  }
  /// An integer, a real or, as 1 or 0, a truth value; NaN where it is missing. Throws IndexError, and
  /// OptionError for the other kinds.
  [[nodiscard]] double number(Index row) const;
  /// All of them, (rows); the numbers of a float column are rounded to nearest. Throws OptionError for the
  /// other kinds.
  template <Floating T>
  [[nodiscard]] Tensor<T> numbers() const;
  /// The codes of categories, truth values or integers, (rows), as a loss takes classes. Throws OptionError
  /// for the other kinds and when one is missing.
  [[nodiscard]] Tensor<std::int64_t> classes() const;
  /// The value as a text: numbers as Python prints them, dates as ISO 8601 has them, nothing for one that is
  /// missing. Throws IndexError.
  [[nodiscard]] std::string text(Index row) const;

  /// The rows `rows`, in that order and as often as they are named. Throws IndexError.
  [[nodiscard]] Column take(std::span<const Index> rows) const;
  /// The same values under another name.
  [[nodiscard]] Column renamed(std::string name) const& { return Column(*this).renamed(std::move(name)); }
  [[nodiscard]] Column renamed(std::string name) && {
    name_ = std::move(name);
    return std::move(*this);
  }
  /// What it holds, of whatever kind.
  [[nodiscard]] const Values& values() const& noexcept { return values_; }

 private:
  [[noreturn]] void refuse(std::string_view expected) const;
  [[nodiscard]] std::size_t checked(Index row) const;

  std::string name_;
  Values values_;
};

template <Floating T>
Tensor<T> Column::numbers() const {
  if (!is_numeric()) refuse("numbers");
  Tensor<T> result(Shape{size()});
  for (Index i = 0; i < size(); ++i) result.data()[i] = static_cast<T>(number(i));
  return result;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/table/column.ipp>
#endif
