#pragma once

// JSON lines into tables.

#include <wick/table/column.hpp>
#include <wick/table/table.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <map>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// How read_json_lines() reads.
struct JsonLinesOptions {
  /// Kinds of columns by their names; those of the others are found.
  std::map<std::string, ColumnKind> kinds = {};
  /// A column of texts is categorical if it has at most so many different ones, and each of them twice on
  /// average.
  std::size_t most_categories = 1000;
  /// Whether columns of dates (see ColumnKind::date) are found; they are texts otherwise.
  bool find_dates = true;
  /// Columns at most.
  std::size_t most_columns = 65536;
  /// Bytes of one line at most.
  std::size_t most_line_bytes = std::size_t{64} << 20;
};

/// Reads a file of which each line is a JSON object (https://jsonlines.org), a row of the table: its keys are
/// the columns, in the order in which they first come. A value that is `null`, or whose key a row has not, is
/// missing. UTF-8 with or without a byte order mark; empty lines are left out.
///
/// Numbers without fraction and exponent are integers, and reals when one is missing; other numbers are
/// reals, `true` and `false` truth values. Texts are texts, whatever they look like, but for dates and
/// categories, as in CSV files. Where values of several kinds meet, and where an integer does not fit in
/// int64, the column is text: numbers as they are in the file or, if they were read before, as Python prints
/// them; `True` and `False`.
///
/// Throws FileError when the file cannot be read, and FormatError, with line and column, for what is not
/// JSON, lines that are no objects, objects and arrays as values, keys that are there twice, numbers beyond
/// double, values that do not fit a kind that was given, a file without rows, and one whose rows lack more
/// values than a million and four for each of its bytes, as the table would be much larger than the file;
/// OptionError for kinds of columns that are not there.
[[nodiscard]] Table read_json_lines(const std::filesystem::path& path, const JsonLinesOptions& options = {});
/// The same from the bytes of a file.
[[nodiscard]] Table read_json_lines(std::span<const std::byte> bytes, const JsonLinesOptions& options = {});
/// The same from a stream, to its end.
[[nodiscard]] Table read_json_lines(std::istream& in, const JsonLinesOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/table/json_lines.ipp>
#endif
