#pragma once

// Named columns of equal length.

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/table/column.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Rows of data under the names of columns, as read_csv() reads them. A value: a copy has columns of its own.
class Table {
 public:
  Table() = default;
  /// Throws as add() does.
  explicit Table(std::vector<Column> columns) {
    for (Column& column : columns) add(std::move(column));
  }

  /// Appends a column. Throws IndexError when the name is taken, ShapeError when it has other rows than those
  /// that are there.
  void add(Column column);

  /// Rows; 0 without columns.
  [[nodiscard]] Index rows() const noexcept { return columns_.empty() ? 0 : columns_.front().size(); }
  /// The columns, in order.
  [[nodiscard]] std::span<const Column> columns() const& noexcept { return columns_; }
  void columns() const&& = delete;
  /// Their names, in order.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The column of a name; null when there is none.
  [[nodiscard]] const Column* find(std::string_view name) const& noexcept {
    const auto it = index_.find(name);
    return it == index_.end() ? nullptr : &columns_[it->second];
  }
  void find(std::string_view name) const&& = delete;
  /// Whether there is a column of this name.
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Throws IndexError for a name that is not there, and says which there are.
  [[nodiscard]] const Column& operator[](std::string_view name) const&;
  [[nodiscard]] Column operator[](std::string_view name) const&& { return std::as_const(*this)[name]; }

  /// The columns `names`, in that order. Throws IndexError.
  [[nodiscard]] Table select(std::span<const std::string> names) const;
  /// The rows `rows`, in that order and as often as they are named. Throws IndexError.
  [[nodiscard]] Table take(std::span<const Index> rows) const;

  /// The numbers of `names`, (rows, columns), NaN where one is missing; without names, of all columns that
  /// are numeric. Throws IndexError, and OptionError for a column that is not numeric.
  template <Floating T>
  [[nodiscard]] Tensor<T> numbers(std::span<const std::string> names = {}) const;

  /// A line for each column: its name, its kind, and what is missing.
  ///
  ///     150 rows
  ///     petal length  real
  ///     species       categorical  3 categories, 2 missing
  [[nodiscard]] std::string describe() const;

 private:
  std::vector<Column> columns_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

template <Floating T>
Tensor<T> Table::numbers(std::span<const std::string> names) const {
  std::vector<const Column*> chosen;
  for (const std::string& name : names) chosen.push_back(&(*this)[name]);
  if (names.empty()) {
    for (const Column& column : columns_) {
      if (column.is_numeric()) chosen.push_back(&column);
    }
  }
  const auto width = static_cast<Index>(chosen.size());
  Tensor<T> result(Shape{rows(), width});
  for (Index c = 0; c < width; ++c) {
    const Tensor<T> column = chosen[static_cast<std::size_t>(c)]->template numbers<T>();
    for (Index row = 0; row < rows(); ++row) result.data()[row * width + c] = column.data()[row];
  }
  return result;
}

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/table/table.ipp>
#endif
