#pragma once

// The report of a model of a table.

#include <wick/base/detail/compiled.hpp>
#include <wick/report/report.hpp>
#include <wick/table/table.hpp>
#include <wick/tabular/table_fit.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

/// What the table came from, where that is known.
struct TableSource {
  std::string name = {};  ///< such as that of the file
  std::string hash = {};  ///< of its bytes, with the name of the hash
};

/// All that there is to say of a model and of the table that it was trained on, for write_html(): metrics,
/// losses, on the test rows confusion, curves or residuals and the worst mistakes, importances of the
/// columns, and the settings. Without test rows these are the rows of the validation, as all networks
/// together predict them. Throws what TablePredictor::predict() throws for another table.
[[nodiscard]] Report table_report(const TableFit& fit, const Table& table, const TableSource& source = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/tabular/table_report.ipp>
#endif
