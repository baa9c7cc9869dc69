#pragma once

// Definitions of table/table.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/table/table.hpp>

#include <algorithm>

WICK_BEGIN_NAMESPACE

WICK_INLINE void Table::add(Column column) {
  if (!columns_.empty() && column.size() != rows()) {
    throw ShapeError("Table: expected " + std::to_string(rows()) + " rows in the column " +
                     detail::quoted_name(column.name()) + ", got " + std::to_string(column.size()));
  }
  const auto [at, fresh] = index_.emplace(column.name(), columns_.size());
  if (!fresh) {
    throw IndexError("Table: there is a column " + detail::quoted_name(column.name()) + " already");
  }
  columns_.push_back(std::move(column));
}

WICK_INLINE std::vector<std::string> Table::names() const {
  std::vector<std::string> result;
  result.reserve(columns_.size());
  for (const Column& column : columns_) result.push_back(column.name());
  return result;
}

WICK_INLINE const Column& Table::operator[](std::string_view name) const& {
  if (const Column* column = find(name)) return *column;
  throw IndexError("Table: no column is called " + detail::quoted_name(name) + "; " +
                   (columns_.empty() ? "there are none" : "there is " + detail::quoted_names(names())));
}

WICK_INLINE Table Table::select(std::span<const std::string> names) const {
  Table result;
  for (const std::string& name : names) result.add((*this)[name]);
  return result;
}

WICK_INLINE Table Table::take(std::span<const Index> rows) const {
  Table result;
  for (const Column& column : columns_) result.add(column.take(rows));
  return result;
}

WICK_INLINE std::string Table::describe() const {
  std::vector<std::string> shown;
  std::size_t widest = 0;
  for (const Column& column : columns_) {
    constexpr std::size_t most = 40;
    shown.push_back(detail::shown_name(column.name(), most));
    widest = (std::max)(widest, shown.back().size());
  }
  const auto counted = [](Index count, const char* one, const char* many) {
    return std::to_string(count) + (count == 1 ? one : many);
  };
  std::string result = counted(rows(), " row\n", " rows\n");
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Column& column = columns_[i];
    constexpr std::size_t kind_width = 13;
    std::string kind(name_of(column.kind()));
    std::string more;
    if (column.kind() == ColumnKind::categorical) {
      more = counted(static_cast<Index>(column.categories().names.size()), " category", " categories");
    }
    if (const Index missing = column.missing_count(); missing > 0) {
      more += (more.empty() ? "" : ", ") + std::to_string(missing) + " missing";
    }
    if (!more.empty()) kind.resize(kind_width, ' ');
    result.append(shown[i]).append(widest - shown[i].size() + 2, ' ').append(kind).append(more).append("\n");
  }
  return result;
}

WICK_END_NAMESPACE
