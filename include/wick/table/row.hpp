#pragma once

// One row of named values, such as an application has.

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/table.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Values under the names of columns, in the order in which they were named:
///
///     wick::Row row{{"rooms", 3}, {"town", "Oslo"}, {"price", std::nullopt}};
///     row.set("rooms", 4);
///
/// A value that is missing has to be named as well.
class Row {
 public:
  /// A name and its value.
  using Item = std::pair<std::string, Cell>;

  Row() = default;
  /// Throws IndexError when a name is there twice.
  Row(std::initializer_list<Item> items) {
    for (const Item& item : items) {
      if (find(item.first) != nullptr) {
        throw IndexError("Row: there is a value " + detail::quoted_name(item.first) + " already");
      }
      items_.push_back(item);
    }
  }
  /// Row `row` of a table. Throws IndexError.
  [[nodiscard]] static Row of(const Table& table, Index row) {
    Row result;
    for (const Column& column : table.columns()) {
      result.items_.emplace_back(column.name(), Cell::copy_of(cell_of(column, row)));
    }
    return result;
  }

  /// Sets a value, or adds it.
  void set(std::string_view name, Cell cell) {
    const std::size_t at = place_of(name, 0);
    if (at < items_.size()) {
      items_[at].second = std::move(cell);
    } else {
      items_.emplace_back(std::string(name), std::move(cell));
    }
  }
  /// The value of a name; null when there is none. Names that are asked for in the order in which they are
  /// there are found at once with `*hint`, which begins at 0.
  [[nodiscard]] const Cell* find(std::string_view name, std::size_t* hint = nullptr) const& noexcept {
    const std::size_t at = place_of(name, hint == nullptr ? 0 : *hint);
    if (at == items_.size()) return nullptr;
    if (hint != nullptr) *hint = at + 1;
    return &items_[at].second;
  }
  void find(std::string_view name, std::size_t* hint = nullptr) const&& = delete;
  /// Throws IndexError for a name that is not there, and says which there are.
  [[nodiscard]] const Cell& operator[](std::string_view name) const& {
    if (const Cell* cell = find(name)) return *cell;
    throw IndexError("Row: no value is called " + detail::quoted_name(name) + "; " +
                     (items_.empty() ? "there are none" : "there is " + detail::quoted_names(names())));
  }
  [[nodiscard]] Cell operator[](std::string_view name) const&& { return std::as_const(*this)[name]; }

  /// Names and values.
  [[nodiscard]] std::span<const Item> items() const& noexcept { return items_; }
  void items() const&& = delete;
  /// The names, in order.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const Item& item : items_) result.push_back(item.first);
    return result;
  }

  friend bool operator==(const Row&, const Row&) = default;

 private:
  /// Where a name is, looked for from `from` on and then from the front; the number of items if nowhere.
  [[nodiscard]] std::size_t place_of(std::string_view name, std::size_t from) const noexcept {
    const std::size_t n = items_.size();
    if (from >= n) from = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t at = from + i < n ? from + i : from + i - n;
      if (items_[at].first == name) return at;
    }
    return n;
  }

  std::vector<Item> items_;
};

WICK_END_NAMESPACE
