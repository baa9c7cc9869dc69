#pragma once

// Tensors that are in memory as tables.

#include <wick/base/error.hpp>
#include <wick/table/column.hpp>
#include <wick/table/table.hpp>
#include <wick/tensor/tensor.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The columns of a matrix (rows, columns) under names, one for each: floats as reals, of which NaN is
/// missing, whole numbers as integers, bool as truth values. Table::numbers() is the way back. Throws
/// ShapeError for other shapes, IndexError for a name that is there twice.
template <class T>
requires(Floating<T> || std::same_as<T, bool> ||
         (std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, std::uint64_t>)) [[nodiscard]] Table
    table_of(const Tensor<T>& values, const std::vector<std::string>& names) {
  const auto width = static_cast<Index>(names.size());
  if (values.dim() != 2 || values.size(1) != width) {
    throw ShapeError("table_of: expected a tensor of shape [rows, " + std::to_string(width) +
                     "], a column for each name, got " + values.shape().str());
  }
  Table table;
  for (Index c = 0; c < width; ++c) {
    using Kind =
        std::conditional_t<Floating<T>, Reals, std::conditional_t<std::same_as<T, bool>, Booleans, Integers>>;
    using Value = typename decltype(Kind::values)::value_type;
    Kind column;
    column.values.reserve(static_cast<std::size_t>(values.size(0)));
    for (Index row = 0; row < values.size(0); ++row) {
      column.values.push_back(static_cast<Value>(values.data()[row * width + c]));
    }
    table.add(Column(names[static_cast<std::size_t>(c)], std::move(column)));
  }
  return table;
}

WICK_END_NAMESPACE
