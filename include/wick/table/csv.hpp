#pragma once

// CSV files into tables, whole or in chunks of rows.

#include <wick/table/column.hpp>
#include <wick/table/csv_options.hpp>
#include <wick/table/table.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {
class CsvParser;
}  // namespace detail

/// Reads a CSV file: RFC 4180, with any separator and decimal, with or without a header, in UTF-8 with or
/// without a byte order mark, with line breaks of every kind. Blank lines are left out. The locale does not
/// matter, and numbers are rounded to nearest.
///
/// The kind of each column is the narrowest that holds all its fields, as pandas finds them; see ColumnKind.
/// Integers with missing values are reals. A column of integers of which one does not fit in int64 is text,
/// as it would lose digits; say `.kinds = {{"id", wick::ColumnKind::real}}` to have it as numbers. Names that
/// come twice get a number (`price`, `price.1`), columns whose name is empty are called `Unnamed: 0`, by
/// their place.
///
/// Memory is that of the table and some 300 KB; a file of which a column turns out late to be text is read
/// twice. Time is linear in the size of the file.
///
/// Throws FileError when the file cannot be read, and FormatError, with line and column, for a quote that is
/// not closed or is followed by text, rows of another length (see CsvOptions::fill_short_rows), fields that
/// do not fit a kind that was given, bytes that are not UTF-8, zero bytes, and a file without rows;
/// OptionError for options that contradict each other, and kinds of columns that are not there (see
/// CsvOptions::absent_kinds).
[[nodiscard]] Table read_csv(const std::filesystem::path& path, const CsvOptions& options = {});
/// The same from the bytes of a file.
[[nodiscard]] Table read_csv(std::span<const std::byte> bytes, const CsvOptions& options = {});
/// The same from a stream, which is read to its end into memory first.
[[nodiscard]] Table read_csv(std::istream& in, const CsvOptions& options = {});

/// A column of a CSV file.
struct CsvColumn {
  std::string name;                    ///< from the header, or its number
  ColumnKind kind = ColumnKind::text;  ///< given or found
};

/// Reads a CSV file of any size, some rows at a time:
///
///     wick::CsvReader reader("large.csv");
///     while (const auto rows = reader.next(10'000)) use(*rows);
///
/// All chunks have the same columns, of the same kinds, and their categories have the same codes. To find the
/// kinds, a file is read once before the first chunk, in constant memory, unless CsvOptions::kinds names all
/// columns. A stream cannot be read twice: kinds are those of its first hundred rows, where all numbers are
/// taken for reals and words for texts; a field further on that does not fit is an error. Categories whose
/// names were not found before, as the kind was given, are numbered in the order in which they come.
class CsvReader {
 public:
  /// These and all other functions throw as read_csv() does.
  explicit CsvReader(const std::filesystem::path& path, const CsvOptions& options = {});
  /// The bytes of a file, which must outlive the reader.
  explicit CsvReader(std::span<const std::byte> bytes, const CsvOptions& options = {});
  /// The stream must outlive the reader.
  explicit CsvReader(std::istream& in, const CsvOptions& options = {});
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;
  CsvReader(CsvReader&& other) noexcept;
  CsvReader& operator=(CsvReader&& other) noexcept;
  ~CsvReader();

  /// The form of the file, as it was given or found.
  [[nodiscard]] const CsvDialect& dialect() const& noexcept;
  [[nodiscard]] CsvDialect dialect() && noexcept;
  /// Names and kinds; the latter are found now unless they have been.
  [[nodiscard]] std::span<const CsvColumn> columns() &;

  /// The next `rows` rows, or those that are left; nothing at the end. Throws OptionError unless rows >= 1.
  [[nodiscard]] std::optional<Table> next(Index rows);

 private:
  std::unique_ptr<detail::CsvParser> parser_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/table/csv.ipp>
#endif
