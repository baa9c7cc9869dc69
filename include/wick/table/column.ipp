#pragma once

// Definitions of table/column.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/table/column.hpp>
#include <wick/table/detail/calendar.hpp>

#include <algorithm>
#include <array>
#include <limits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The rows `rows` of `from`, which has them all.
template <class T>
[[nodiscard]] std::vector<T> taken(const std::vector<T>& from, std::span<const Index> rows) {
  std::vector<T> result;
  result.reserve(rows.size());
  for (const Index row : rows) result.push_back(from[static_cast<std::size_t>(row)]);
  return result;
}

}  // namespace detail

WICK_INLINE Column::Column(std::string name, Values values)
    : name_(std::move(name)), values_(std::move(values)) {
  const auto complain = [this](Index row, const std::string& what) {
    throw OptionError("Column " + detail::quoted_name(name_) + ": expected " + what + " in row " +
                      std::to_string(row));
  };
  if (const auto* truths = std::get_if<Booleans>(&values_)) {
    for (std::size_t i = 0; i < truths->values.size(); ++i) {
      if (truths->values[i] < -1 || truths->values[i] > 1) {
        complain(static_cast<Index>(i), "0, 1 or -1, got " + std::to_string(truths->values[i]));
      }
    }
  } else if (const auto* categories = std::get_if<Categories>(&values_)) {
    for (std::size_t i = 0; i < categories->codes.size(); ++i) {
      const std::int32_t code = categories->codes[i];
      if (code < -1 || (code >= 0 && static_cast<std::size_t>(code) >= categories->names.size())) {
        complain(static_cast<Index>(i), "a code below " + std::to_string(categories->names.size()) +
                                            " or -1, got " + std::to_string(code));
      }
    }
  }
}

WICK_INLINE ColumnKind Column::kind() const noexcept {
  constexpr std::array kinds{ColumnKind::integer,     ColumnKind::real, ColumnKind::boolean,
                             ColumnKind::categorical, ColumnKind::date, ColumnKind::text};
  static_assert(kinds.size() == std::variant_size_v<Values>);
  return values_.valueless_by_exception() ? ColumnKind::text : kinds[values_.index()];
}

WICK_INLINE Index Column::size() const noexcept {
  std::size_t size = 0;
  if (const auto* integers = std::get_if<Integers>(&values_)) size = integers->values.size();
  if (const auto* reals = std::get_if<Reals>(&values_)) size = reals->values.size();
  if (const auto* truths = std::get_if<Booleans>(&values_)) size = truths->values.size();
  if (const auto* categories = std::get_if<Categories>(&values_)) size = categories->codes.size();
  if (const auto* dates = std::get_if<Dates>(&values_)) size = dates->microseconds.size();
  if (const auto* texts = std::get_if<Texts>(&values_)) size = texts->size();
  return static_cast<Index>(size);
}

WICK_INLINE void Column::refuse(std::string_view expected) const {
  throw OptionError("column " + detail::quoted_name(name_) + ": expected " + std::string(expected) +
                    ", its kind is " + std::string(name_of(kind())));
}

WICK_INLINE std::size_t Column::checked(Index row) const {
  if (row < 0 || row >= size()) {
    throw IndexError("column " + detail::quoted_name(name_) + ": row " + std::to_string(row) +
                     " is out of range for " + std::to_string(size()) + " rows");
  }
  return static_cast<std::size_t>(row);
}

WICK_INLINE bool Column::is_missing(Index row) const {
  const std::size_t i = checked(row);
  if (const auto* reals = std::get_if<Reals>(&values_)) return reals->values[i] != reals->values[i];
  if (const auto* truths = std::get_if<Booleans>(&values_)) return truths->values[i] < 0;
  if (const auto* categories = std::get_if<Categories>(&values_)) return categories->codes[i] < 0;
  if (const auto* dates = std::get_if<Dates>(&values_)) return dates->microseconds[i] == Dates::missing;
  if (const auto* texts = std::get_if<Texts>(&values_)) return texts->is_missing(i);
  return false;
}

WICK_INLINE Index Column::missing_count() const {
  Index count = 0;
  for (Index row = 0; row < size(); ++row) count += is_missing(row) ? 1 : 0;
  return count;
}

WICK_INLINE std::span<const std::int64_t> Column::integers() const& {
  const auto* found = std::get_if<Integers>(&values_);
  if (found == nullptr) refuse("integers");
  return found->values;
}
WICK_INLINE std::span<const double> Column::reals() const& {
  const auto* found = std::get_if<Reals>(&values_);
  if (found == nullptr) refuse("reals");
  return found->values;
}
WICK_INLINE std::span<const std::int8_t> Column::booleans() const& {
  const auto* found = std::get_if<Booleans>(&values_);
  if (found == nullptr) refuse("truth values");
  return found->values;
}
WICK_INLINE const Categories& Column::categories() const& {
  const auto* found = std::get_if<Categories>(&values_);
  if (found == nullptr) refuse("categories");
  return *found;
}
WICK_INLINE std::span<const std::int64_t> Column::dates() const& {
  const auto* found = std::get_if<Dates>(&values_);
  if (found == nullptr) refuse("dates");
  return found->microseconds;
}
WICK_INLINE const Texts& Column::texts() const& {
  const auto* found = std::get_if<Texts>(&values_);
  if (found == nullptr) refuse("texts");
  return *found;
}

WICK_INLINE double Column::number(Index row) const {
  const std::size_t i = checked(row);
  if (const auto* reals = std::get_if<Reals>(&values_)) return reals->values[i];
  if (const auto* integers = std::get_if<Integers>(&values_)) return static_cast<double>(integers->values[i]);
  const auto* truths = std::get_if<Booleans>(&values_);
  if (truths == nullptr) refuse("numbers");
  return truths->values[i] < 0 ? std::numeric_limits<double>::quiet_NaN() : truths->values[i];
}

WICK_INLINE Tensor<std::int64_t> Column::classes() const {
  Tensor<std::int64_t> result(Shape{size()});
  const auto copy = [&](const auto& values, auto to_class) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_missing(static_cast<Index>(i))) {
        throw OptionError("column " + detail::quoted_name(name_) + ": the class of row " + std::to_string(i) +
                          " is missing");
      }
      result.data()[i] = to_class(values[i]);
    }
  };
  const auto as_it_is = [](std::int64_t x) { return x; };
  if (const auto* categories = std::get_if<Categories>(&values_)) {
    copy(categories->codes, as_it_is);
  } else if (const auto* truths = std::get_if<Booleans>(&values_)) {
    copy(truths->values, [](std::int8_t x) { return x > 0 ? 1 : 0; });
  } else if (const auto* integers = std::get_if<Integers>(&values_)) {
    copy(integers->values, as_it_is);
  } else {
    refuse("categories, truth values or integers");
  }
  return result;
}

WICK_INLINE std::string Column::text(Index row) const {
  const std::size_t i = checked(row);
  if (is_missing(row)) return {};
  switch (kind()) {
    case ColumnKind::integer:
      return std::to_string(integers()[i]);
    case ColumnKind::real:
      return python_repr(reals()[i]);
    case ColumnKind::boolean:
      return booleans()[i] != 0 ? "True" : "False";
    case ColumnKind::categorical:
      return categories().names[static_cast<std::size_t>(categories().codes[i])];
    case ColumnKind::date:
      return detail::date_text(dates()[i]);
    case ColumnKind::text:
      break;
  }
  return std::string(texts()[i]);
}

WICK_INLINE Column Column::take(std::span<const Index> rows) const {
  for (const Index row : rows) static_cast<void>(checked(row));
  const auto part = [&](const auto& values) -> Values {
    using Kind = std::decay_t<decltype(values)>;
    if constexpr (std::is_same_v<Kind, Texts>) {
      Texts result;
      for (const Index row : rows) {
        const auto i = static_cast<std::size_t>(row);
        values.is_missing(i) ? result.add_missing() : result.add(values[i]);
      }
      return result;
    } else if constexpr (std::is_same_v<Kind, Categories>) {
      return Categories{detail::taken(values.codes, rows), values.names};
    } else if constexpr (std::is_same_v<Kind, Dates>) {
      return Dates{detail::taken(values.microseconds, rows)};
    } else {
      return Kind{detail::taken(values.values, rows)};
    }
  };
  return {name_, std::visit(part, values_)};
}

WICK_END_NAMESPACE
