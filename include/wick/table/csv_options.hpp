#pragma once

// How a CSV file is read, and what was found of it.

#include <wick/table/column.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// What stands for a value that is missing unless CsvOptions::missing says otherwise: the texts that pandas
/// takes for one.
[[nodiscard]] inline std::vector<std::string> default_missing_texts() {
  return {"",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
          "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};
}

/// How read_csv() and CsvReader read.
struct CsvOptions {
  /// Between fields. Without one it is found: what a first line such as `sep=;`, which is left out in any
  /// case, says, and otherwise of `,` `;` tab and `|` the one that cuts the first hundred rows into equally
  /// many fields, of several the one that makes most of them numbers.
  std::optional<char> separator = {};
  /// Of numbers: `.` or `,`. Without one it is found: a comma if fields such as `1,5` are there, none such as
  /// `1.5`, and the separator is another.
  std::optional<char> decimal = {};
  /// Whether the first row has the names of the columns. Without one it is found: it has if a column of
  /// numbers, dates or truth values has a text there, and if there are texts only. Columns without names are
  /// called "0", "1" and so on.
  std::optional<bool> header = {};
  /// Around fields that hold separators, line breaks or, twice, this character. Within a field that does not
  /// begin with it, it is a character like others.
  char quote = '"';
  /// Fields that are one of these, quoted or not, are missing.
  std::vector<std::string> missing = default_missing_texts();
  /// Kinds of columns by their names; those of the others are found.
  std::map<std::string, ColumnKind> kinds = {};
  /// Whether `kinds` may name columns that the file does not have; an error otherwise.
  bool absent_kinds = false;
  /// A column of texts is categorical if it has at most so many different ones, and each of them twice on
  /// average.
  std::size_t most_categories = 1000;
  /// Whether columns of dates (see ColumnKind::date) are found; they are texts otherwise.
  bool find_dates = true;
  /// Whether fields that a row lacks at its end are missing values, as in pandas; an error otherwise.
  bool fill_short_rows = false;
  /// Whether spaces behind a separator are left out.
  bool skip_initial_space = false;
  /// Columns at most.
  std::size_t most_columns = 65536;
  /// Bytes of one row at most: what is read into memory behind a quote that is not closed.
  std::size_t most_row_bytes = std::size_t{64} << 20;
};

/// The form of a CSV file, as it was given or found.
struct CsvDialect {
  char separator = ',';          ///< between fields
  char decimal = '.';            ///< in front of decimals
  bool header = true;            ///< the first row has names
  bool byte_order_mark = false;  ///< the file begins with that of UTF-8

  friend bool operator==(const CsvDialect&, const CsvDialect&) = default;
};

WICK_END_NAMESPACE
