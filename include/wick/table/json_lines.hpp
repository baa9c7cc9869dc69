#pragma once

// JSON lines into tables.

#include <wick/table/column.hpp>
#include <wick/table/table.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {
class JsonLinesRows;
}  // namespace detail

/// How read_json_lines() and JsonLinesReader read.
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
/// categories, as in CSV files. Where values of several kinds meet, the column is text: numbers as they are
/// in the file or, if they were read before, as Python prints them; `True` and `False`. So are integers of
/// which one does not fit in int64.
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

/// Reads a file of JSON lines of any size, some rows at a time:
///
///     wick::JsonLinesReader reader("large.jsonl");
///     while (const auto rows = reader.next(10'000)) use(*rows);
///
/// All tables have the same columns, of the same kinds, and their categories have the same codes. To find
/// them, the file is read once before, in the memory of one line and of the names of categories. Kinds and
/// values are those of read_json_lines(), but for columns of values of several kinds: their numbers are all
/// as they are in the file.
class JsonLinesReader {
 public:
  /// These and next() throw as read_json_lines() does.
  explicit JsonLinesReader(const std::filesystem::path& path, const JsonLinesOptions& options = {});
  /// The bytes of a file, which must outlive the reader.
  explicit JsonLinesReader(std::span<const std::byte> bytes, const JsonLinesOptions& options = {});
  JsonLinesReader(const JsonLinesReader&) = delete;
  JsonLinesReader& operator=(const JsonLinesReader&) = delete;
  JsonLinesReader(JsonLinesReader&& other) noexcept;
  JsonLinesReader& operator=(JsonLinesReader&& other) noexcept;
  ~JsonLinesReader();

  /// The next `rows` rows, or those that are left; nothing at the end. Throws OptionError unless rows >= 1.
  [[nodiscard]] std::optional<Table> next(Index rows);

 private:
  std::unique_ptr<detail::JsonLinesRows> rows_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/table/json_lines.ipp>
#endif
