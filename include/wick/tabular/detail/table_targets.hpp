#pragma once

// The target of each row of a table, for splits that give each part its share of it.

#include <wick/base/types.hpp>
#include <wick/preprocess/target_encoder.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_options.hpp>

#include <cstddef>
#include <span>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::vector<Index> rows_with_target(const Table& table, const Column& target) {
  std::vector<Index> rows;
  for (Index row = 0; row < table.rows(); ++row) {
    if (!target.is_missing(row)) rows.push_back(row);
  }
  return rows;
}

/// Targets of the rows `rows`, classes by their numbers, in the places of all rows of the table.
struct TableTargets {
  TableTargets(const Table& table, const Column& column, std::span<const Index> rows,
               const TableOptions& options)
      : encoder(TargetEncoder::fit(column, rows, encoding(options))),
        values(static_cast<std::size_t>(table.rows())) {
    const Column known = column.take(rows);
    const bool numbers = encoder.task() == Task::regression;
    const Tensor<double> measured = numbers ? encoder.numbers(known) : Tensor<double>();
    const Tensor<std::int64_t> classes = numbers ? Tensor<std::int64_t>() : encoder.classes(known);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      values[static_cast<std::size_t>(rows[i])] =
          numbers ? measured.data()[i] : static_cast<double>(classes.data()[i]);
    }
  }

  [[nodiscard]] static TargetOptions encoding(const TableOptions& options) {
    TargetOptions result = options.target;
    if (options.task) result.task = options.task;
    return result;
  }

  TargetEncoder encoder;
  std::vector<double> values;
};

}  // namespace detail

WICK_END_NAMESPACE
