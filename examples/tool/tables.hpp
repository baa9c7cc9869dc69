#pragma once

// Tables, for the commands.

#include "commands.hpp"
#include "files.hpp"

#include <wick/table/table.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace tool {

/// A table, and what it was read from.
struct TableInput {
  wick::Table table;
  std::string hash;  ///< `SHA-256 ...` of the bytes of its file
};
/// Reads a CSV file; `-` is standard input. Throws what wick::read_csv() throws.
[[nodiscard]] TableInput read_rows(const std::filesystem::path& path, const CsvOptions& options);

/// What stands for a missing value.
[[nodiscard]] std::vector<std::string> missing_texts(const CsvOptions& options);

/// Writes what a model of a table predicts for the rows of a CSV file to standard output, as a CSV file.
int predict_rows(const File& file, const PredictOptions& options);

/// A field of a CSV file, in quotes where it needs them.
[[nodiscard]] std::string csv_field(const std::string& text);

}  // namespace tool
