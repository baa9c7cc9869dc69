#pragma once

// Tables, for the commands.

#include "commands.hpp"
#include "files.hpp"

#include <wick/table/table.hpp>

#include <filesystem>
#include <string>

namespace tool {

/// Reads a CSV file; `-` is standard input. Throws what wick::read_csv() throws.
[[nodiscard]] wick::Table read_rows(const std::filesystem::path& path, const CsvOptions& options);

/// Writes what a model of a table predicts for the rows of a CSV file to standard output, as a CSV file.
int predict_rows(const File& file, const PredictOptions& options);

/// A field of a CSV file, in quotes where it needs them.
[[nodiscard]] std::string csv_field(const std::string& text);

}  // namespace tool
