#pragma once

// Definitions of table/json_lines.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/table/detail/csv_source.hpp>
#include <wick/table/detail/json_column.hpp>
#include <wick/table/detail/json_kind.hpp>
#include <wick/table/json_lines.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Lines of a source, which are views of a buffer until the next one is asked for.
class LineReader {
 public:
  LineReader(CsvSource& source, std::size_t most_bytes) : source_(source), most_(most_bytes) {}

  /// The next line without its end; nothing after the last.
  [[nodiscard]] std::optional<std::string_view> next() {
    begin_ = next_;
    std::size_t searched = begin_;
    for (;;) {
      const auto* const found =
          static_cast<const char*>(std::memchr(buffer_.data() + searched, '\n', end_ - searched));
      if (found != nullptr) {
        next_ = static_cast<std::size_t>(found - buffer_.data()) + 1;
        ++line_;
        return std::string_view(buffer_.data() + begin_, next_ - 1 - begin_);
      }
      const std::size_t left = end_ - begin_;
      if (finished_) {
        next_ = end_;
        if (left == 0) return std::nullopt;
        ++line_;
        return std::string_view(buffer_.data() + begin_, left);
      }
      if (left > most_) {
        throw FormatError(source_.name(), offset(),
                          "line " + std::to_string(line_ + 1) + ": more than " + std::to_string(most_) +
                              " bytes (JsonLinesOptions::most_line_bytes)");
      }
      fill(left);
      searched = left;
    }
  }
  /// Where the line begins in the file.
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + begin_; }
  /// Its number, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return line_; }

 private:
  /// Moves what is left to the front and reads more behind it.
  void fill(std::size_t left) {
    constexpr std::size_t piece = std::size_t{1} << 16;
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, left);
      base_ += begin_;
      begin_ = 0;
    }
    if (buffer_.size() < left + piece) buffer_.resize((std::max)(left + piece, 2 * buffer_.size()));
    const std::size_t read = source_.read(std::span(buffer_).subspan(left));
    finished_ = read == 0;
    end_ = left + read;
  }

  CsvSource& source_;
  std::size_t most_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);
  std::size_t begin_ = 0;
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  std::uint64_t base_ = 0;
  std::uint64_t line_ = 0;
  bool finished_ = false;
};

/// Reads the rows of a source into columns, which keep the values (JsonColumn) or find their kinds
/// (JsonKind).
template <class Values>
class JsonLinesParser {
 public:
  JsonLinesParser(CsvSource& source, const JsonLinesOptions& options)
      : source_(source), options_(options), lines_(source, options.most_line_bytes) {}

  /// All rows. Throws for a file without any, and for kinds of columns that are not there.
  void read_all() {
    while (next_row()) {
    }
    if (rows_ == 0) {
      throw FormatError(source_.name(), "expected lines with JSON objects, the file has none");
    }
    if (names_.empty()) throw FormatError(source_.name(), "expected objects with keys, all are empty");
    for (const auto& given : options_.kinds) {
      if (places_.contains(given.first)) continue;
      throw OptionError("JsonLinesOptions::kinds: " + source_.name() + " has no column " +
                        quoted_name(given.first) + "; there is " + quoted_names(names_));
    }
  }
  /// The next row; false if there is none.
  bool next_row() {
    while (auto line = lines_.next()) {
      if (lines_.line() == 1 && line->starts_with("\xEF\xBB\xBF")) {
        line->remove_prefix(3);
        skipped_ = 3;
      } else {
        skipped_ = 0;
      }
      if (line->find_first_not_of(" \t\r") == std::string_view::npos) continue;
      read_row(*line);
      return true;
    }
    return false;
  }

  /// From here on there are these columns, of the kinds that the options name, and no others. Tables are
  /// taken some rows at a time, so that it does not matter how many values are missing.
  void expect(const std::vector<std::string>& names) {
    names_ = names;
    for (std::size_t i = 0; i < names_.size(); ++i) places_.emplace(names_[i], i);
    fixed_ = true;
    begin_table();
  }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  [[nodiscard]] std::vector<Values>& columns() noexcept { return columns_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// Columns without rows, as after expect().
  void begin_table() {
    columns_.clear();
    rows_ = 0;
    for (const std::string& name : names_) columns_.emplace_back(options_.kinds.at(name), 0, rules());
  }

 private:
  void read_row(std::string_view line) {
    const std::uint64_t begin = lines_.offset() + skipped_;
    JsonReader json(line, {}, begin);
    in_value_ = false;
    try {
      std::size_t expected = 0;  // rows have their keys in one order, mostly
      json.object("an object, a row of the table", [&](const std::string& key) {
        key_ = key;
        in_value_ = true;
        const std::size_t i = place_of(json, key, expected);
        add_value(json, columns_[i]);
        expected = i + 1;
        in_value_ = false;
      });
      json.end();
      ++rows_;
      fill_missing(json);
    } catch (const JsonError& e) {
      const std::string column = in_value_ ? ", column " + quoted_name(key_) : "";
      throw FormatError(source_.name(), e.offset().value_or(begin),
                        "line " + std::to_string(lines_.line()) + column + ": " + e.fault());
    }
  }

  [[nodiscard]] std::size_t place_of(JsonReader& json, const std::string& key, std::size_t expected) {
    if (expected < names_.size() && names_[expected] == key) return expected;
    const auto at = places_.find(key);
    if (at != places_.end()) return at->second;
    if (fixed_) json.fail("the file changed while it was read");
    if (names_.size() >= options_.most_columns) {
      json.fail("more than " + std::to_string(options_.most_columns) +
                " columns (JsonLinesOptions::most_columns)");
    }
    const auto given = options_.kinds.find(key);
    const auto kind = given == options_.kinds.end() ? std::optional<ColumnKind>() : given->second;
    count_missing(json, rows_);
    columns_.emplace_back(kind, rows_, rules());
    if (columns_.back().size() != rows_) refuse(json, columns_.back(), "rows before that have none");
    names_.push_back(key);
    places_.emplace(key, names_.size() - 1);
    return names_.size() - 1;
  }

  void add_value(JsonReader& json, Values& column) const {
    const std::uint64_t at = json.next_offset();
    switch (json.peek()) {
      case '"': {
        const std::string text = json.string("a text");
        if (!column.add_text(text)) refuse(json, column, quoted_name(text), at);
        return;
      }
      case '{':
        json.fail(at, "expected a number, a text, true, false or null, got an object");
      case '[':
        json.fail(at, "expected a number, a text, true, false or null, got an array");
      default:
        break;
    }
    const auto take = [&](bool fits, const char* word) {
      if (!fits) refuse(json, column, word, at);
    };
    if (json.skip_word("null")) return take(column.add_missing(), "null");
    if (json.skip_word("true")) return take(column.add_truth(true), "true");
    if (json.skip_word("false")) return take(column.add_truth(false), "false");
    const std::string_view digits = json.number("a number, a text, true, false or null");
    if (!column.add_number(digits)) refuse(json, column, shown_name(digits, 40), at);
  }
  [[noreturn]] static void refuse(JsonReader& json, const Values& column, const std::string& got) {
    refuse(json, column, got, json.offset());
  }
  [[noreturn]] static void refuse(JsonReader& json, const Values& column, const std::string& got,
                                  std::uint64_t at) {
    if (!column.kind()) json.fail(at, "expected a number of 64 bits, got " + got);
    json.fail(at, "expected " + expected_of(*column.kind()) + ", got " + got);
  }
  [[nodiscard]] static std::string expected_of(ColumnKind kind) {
    switch (kind) {
      case ColumnKind::integer:
        return "an integer of 64 bits";
      case ColumnKind::real:
        return "a number";
      case ColumnKind::boolean:
        return "true or false";
      case ColumnKind::date:
        return "a date such as \"2024-02-29\"";
      case ColumnKind::categorical:
      case ColumnKind::text:
        break;
    }
    return "a text";
  }

  [[nodiscard]] JsonRules rules() const noexcept { return {options_.most_categories, options_.find_dates}; }

  /// A row that lacks columns has missing values there.
  void fill_missing(JsonReader& json) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].size() == rows_) continue;
      count_missing(json, 1);
      if (!columns_[i].add_missing()) refuse(json, columns_[i], "a row without " + quoted_name(names_[i]));
    }
  }
  /// What is not in the file must not take up memory without a bound.
  void count_missing(JsonReader& json, std::uint64_t count) {
    constexpr std::uint64_t few = 1'000'000;
    constexpr std::uint64_t most_for_byte = 4;
    missing_ += count;
    if (!fixed_ && missing_ > few + most_for_byte * json.offset()) {
      json.fail("the rows lack " + std::to_string(missing_) +
                " values of columns that others have, too many for a table");
    }
  }

  CsvSource& source_;
  const JsonLinesOptions& options_;
  LineReader lines_;
  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::vector<Values> columns_;
  std::size_t rows_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t skipped_ = 0;  // bytes of a byte order mark
  std::string key_;            // of the value that is read
  bool in_value_ = false;
  bool fixed_ = false;
};

[[nodiscard]] inline Table json_lines_table(CsvSource& source, const JsonLinesOptions& options) {
  JsonLinesParser<JsonColumn> parser(source, options);
  parser.read_all();
  Table table;
  for (std::size_t i = 0; i < parser.names().size(); ++i) {
    table.add(Column(parser.names()[i], parser.columns()[i].finish()));
  }
  return table;
}

/// What a JsonLinesReader has.
class JsonLinesRows {
 public:
  JsonLinesRows(std::unique_ptr<CsvSource> source, JsonLinesOptions options)
      : source_(std::move(source)), options_(std::move(options)) {
    JsonLinesParser<JsonKind> kinds(*source_, options_);
    kinds.read_all();
    for (std::size_t i = 0; i < kinds.names().size(); ++i) {
      const JsonKind& column = kinds.columns()[i];
      options_.kinds[kinds.names()[i]] = column.found();
      categories_.push_back(column.found() == ColumnKind::categorical ? column.names()
                                                                      : std::vector<std::string>());
    }
    static_cast<void>(source_->rewind());  // a file or memory
    parser_.emplace(*source_, options_);
    parser_->expect(kinds.names());
  }

  [[nodiscard]] std::optional<Table> next(Index most) {
    if (most < 1) throw OptionError("JsonLinesReader::next: rows must be >= 1, got " + std::to_string(most));
    parser_->begin_table();
    while (static_cast<Index>(parser_->rows()) < most && parser_->next_row()) {
    }
    if (parser_->rows() == 0) return std::nullopt;
    Table table;
    for (std::size_t i = 0; i < categories_.size(); ++i) {
      Column::Values values = parser_->columns()[i].finish();
      if (auto* of_chunk = std::get_if<Categories>(&values)) number_as_all(*of_chunk, categories_[i]);
      table.add(Column(parser_->names()[i], std::move(values)));
    }
    return table;
  }

 private:
  /// Codes among the names of the whole file instead of those of some rows.
  static void number_as_all(Categories& some, const std::vector<std::string>& all) {
    std::vector<std::int32_t> places;
    for (const std::string& name : some.names) {
      places.push_back(
          static_cast<std::int32_t>(std::lower_bound(all.begin(), all.end(), name) - all.begin()));
    }
    for (std::int32_t& code : some.codes) {
      if (code >= 0) code = places[static_cast<std::size_t>(code)];
    }
    some.names = all;
  }

  std::unique_ptr<CsvSource> source_;
  JsonLinesOptions options_;
  std::vector<std::vector<std::string>> categories_;  // of each column
  std::optional<JsonLinesParser<JsonColumn>> parser_;
};

}  // namespace detail

WICK_INLINE Table read_json_lines(const std::filesystem::path& path, const JsonLinesOptions& options) {
  const auto source = detail::open_csv(path);
  return detail::json_lines_table(*source, options);
}
WICK_INLINE Table read_json_lines(std::span<const std::byte> bytes, const JsonLinesOptions& options) {
  detail::CsvMemory source(bytes, "<memory>");
  return detail::json_lines_table(source, options);
}
WICK_INLINE Table read_json_lines(std::istream& in, const JsonLinesOptions& options) {
  detail::CsvStream source(in);
  return detail::json_lines_table(source, options);
}

WICK_INLINE JsonLinesReader::JsonLinesReader(const std::filesystem::path& path,
                                             const JsonLinesOptions& options)
    : rows_(std::make_unique<detail::JsonLinesRows>(detail::open_csv(path), options)) {}
WICK_INLINE JsonLinesReader::JsonLinesReader(std::span<const std::byte> bytes,
                                             const JsonLinesOptions& options)
    : rows_(std::make_unique<detail::JsonLinesRows>(std::make_unique<detail::CsvMemory>(bytes, "<memory>"),
                                                    options)) {}
WICK_INLINE JsonLinesReader::JsonLinesReader(JsonLinesReader&& other) noexcept = default;
WICK_INLINE JsonLinesReader& JsonLinesReader::operator=(JsonLinesReader&& other) noexcept = default;
WICK_INLINE JsonLinesReader::~JsonLinesReader() = default;
WICK_INLINE std::optional<Table> JsonLinesReader::next(Index rows) { return rows_->next(rows); }

WICK_END_NAMESPACE
