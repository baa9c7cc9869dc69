#pragma once

// Definitions of table/csv.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/table/csv.hpp>
#include <wick/table/detail/column_builder.hpp>
#include <wick/table/detail/csv_dialect.hpp>
#include <wick/table/detail/csv_records.hpp>
#include <wick/table/detail/csv_source.hpp>
#include <wick/table/detail/field_values.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Names as pandas makes them of a header: none empty, no two alike.
[[nodiscard]] inline std::vector<std::string> column_names(std::span<const CsvRecords::Field> header) {
  std::vector<std::string> names;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < header.size(); ++i) {
    names.emplace_back(header[i].text());
    if (!names.back().empty()) order.push_back(i);
  }
  // What is made up gives way to what is there.
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].empty()) continue;
    names[i] = "Unnamed: " + std::to_string(i);
    order.push_back(i);
  }
  std::set<std::string, std::less<>> taken(names.begin(), names.end());
  std::map<std::string, std::size_t, std::less<>> counts;
  for (const std::size_t i : order) {
    const std::string name = names[i];
    std::size_t count = counts[name];
    while (count > 0) {
      names[i] = name + "." + std::to_string(count);
      counts[name] = count + 1;
      count = taken.contains(names[i]) ? count + 1 : counts[names[i]];
    }
    taken.insert(names[i]);
    ++counts[names[i]];
  }
  return names;
}

inline void check_csv_options(const CsvOptions& options) {
  const auto refuse = [](const std::string& what) { throw OptionError("CsvOptions: " + what); };
  const auto separates = [](char c) {
    return c == '\t' || (c >= ' ' && c <= '~' && c != '.' && c != '-' && c != '+' && !is_digit(c) &&
                         !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'));
  };
  const auto shown = [](char c) { return quoted_name({&c, 1}); };
  if (options.separator && !separates(*options.separator)) {
    refuse("separator must be a tab, a space or a punctuation mark that no number has, got " +
           shown(*options.separator));
  }
  if (options.decimal && *options.decimal != '.' && *options.decimal != ',') {
    refuse(R"(decimal must be "." or ",", got )" + shown(*options.decimal));
  }
  if (options.separator && options.separator == options.decimal) {
    refuse("separator and decimal must differ, both are " + shown(*options.separator));
  }
  if (options.quote != '\0' && !separates(options.quote)) {
    refuse("quote must be a punctuation mark, or 0 for none, got " + shown(options.quote));
  }
  if (options.separator && *options.separator == options.quote) {
    refuse("separator and quote must differ, both are " + shown(options.quote));
  }
  if (options.most_columns < 1) refuse("most_columns must be >= 1, got 0");
}

/// Reads rows of a source into builders of columns.
class CsvParser {
 public:
  CsvParser(std::unique_ptr<CsvSource> source, CsvOptions options)
      : source_(std::move(source)), options_(std::move(options)) {
    check_csv_options(options_);
    records_.emplace(*source_, options_);
    if (const auto told = records_->told_separator(); told && !options_.separator) {
      options_.separator = told;
      check_csv_options(options_);
    }
    dialect_ = CsvSniffer(records_->sample(), records_->sample_is_all(), options_).find();
    dialect_.byte_order_mark = records_->has_byte_order_mark();
    const NumberParser number(dialect_.decimal);
    rules_.emplace(FieldRules{number, MissingTexts(options_.missing, number), options_.most_categories,
                              options_.find_dates});
    kinds_in_sample_ =
        kinds_of(sample_rows(records_->sample(), dialect_.separator, options_, records_->sample_is_all()));
    begin();
    find_names();
  }

  [[nodiscard]] const CsvDialect& dialect() const noexcept { return dialect_; }

  [[nodiscard]] std::span<const CsvColumn> columns() {
    if (builders_.empty()) find_kinds();
    return columns_;
  }

  [[nodiscard]] Table read_all() {
    Builders builders = build(false).builders;
    Table table;
    for (std::size_t i = 0; i < builders.size(); ++i) {
      table.add(Column(std::move(columns_[i].name), builders[i].take(false)));
    }
    return table;
  }

  [[nodiscard]] std::optional<Table> next(Index most) {
    if (most < 1) throw OptionError("CsvReader::next: rows must be >= 1, got " + std::to_string(most));
    static_cast<void>(columns());
    Index rows = 0;
    for (; rows < most && next_row(); ++rows) add_row(builders_);
    if (rows == 0) return std::nullopt;
    Table table;
    for (std::size_t i = 0; i < builders_.size(); ++i) {
      table.add(Column(columns_[i].name, builders_[i].take(true)));
    }
    return table;
  }

 private:
  using Builders = std::vector<ColumnBuilder>;

  struct Built {
    Builders builders;
    std::size_t rows;
  };

  /// Before the first row of data.
  void begin() {
    records_->set_separator(dialect_.separator);
    row_is_read_ = records_->next();
    if (!row_is_read_) throw FormatError(source_->name(), "expected rows of fields, the file has none");
  }
  void begin_again() {
    source_->rewind();
    records_.emplace(*source_, options_);
    begin();
    if (dialect_.header) row_is_read_ = false;
  }
  bool next_row() { return std::exchange(row_is_read_, false) || records_->next(); }

  void find_names() {
    const auto fields = records_->fields();
    if (dialect_.header) {
      row_is_read_ = false;
      for (std::string& name : column_names(fields)) columns_.push_back({std::move(name)});
    } else {
      for (std::size_t i = 0; i < fields.size(); ++i) columns_.push_back({std::to_string(i)});
    }
    if (options_.kinds.empty() || options_.absent_kinds) return;
    std::set<std::string, std::less<>> names;
    for (const CsvColumn& column : columns_) names.insert(column.name);
    for (const auto& given : options_.kinds) {
      if (names.contains(given.first)) continue;
      std::vector<std::string_view> known;
      for (const CsvColumn& column : columns_) known.emplace_back(column.name);
      throw OptionError("CsvOptions::kinds: " + source_->name() + " has no column " +
                        quoted_name(given.first) + "; there is " + quoted_names(known));
    }
  }

  [[nodiscard]] const ColumnKind* given_kind(const std::string& name) const {
    const auto it = options_.kinds.find(name);
    return it == options_.kinds.end() ? nullptr : &it->second;
  }

  void add_row(Builders& builders) {
    const auto fields = records_->fields();
    const std::size_t n = builders.size();
    if (fields.size() != n) check_count(fields.size(), n);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!builders[i].add(fields[i].text(), *rules_, forecast_)) refuse(i, builders[i], fields[i].text());
    }
    for (std::size_t i = fields.size(); i < n; ++i) {
      if (!builders[i].add_missing(forecast_)) refuse(i, builders[i], {});
    }
  }
  void check_count(std::size_t got, std::size_t expected) const {
    if (got < expected && options_.fill_short_rows) return;
    std::string what = "expected " + std::to_string(expected) + " fields, as in the first row, the row has " +
                       std::to_string(got);
    if (got < expected) {
      what += " (CsvOptions::fill_short_rows takes the others for missing)";
    } else if (got == expected + 1 && dialect_.header) {
      what += "; does the header lack the name of a column?";
    }
    const std::size_t at = (std::min)(got, expected);
    records_->fail(at, at < columns_.size() ? columns_[at].name : "", what);
  }
  [[noreturn]] void refuse(std::size_t i, const ColumnBuilder& builder, std::string_view field) const {
    std::string what = "expected " + std::string(builder.expected()) + ", got " + quoted_name(field);
    if (given_kind(columns_[i].name) == nullptr) {
      what += "; the kind of the column is that of the rows before, CsvOptions::kinds can name another";
    }
    records_->fail(i, columns_[i].name, what);
  }

  std::size_t read_rows(Builders& builders, bool drop) {
    constexpr std::size_t rows_between_drops = 4096;
    forecast_ = drop ? RowForecast() : RowForecast(source_->size());
    std::size_t rows = 0;
    while (next_row()) {
      ++rows;
      if ((rows & (rows - 1)) == 0) forecast_.learn(rows, records_->consumed());
      add_row(builders);
      if (drop && rows % rows_between_drops == 0) {
        for (ColumnBuilder& builder : builders) builder.drop_values();
      }
    }
    return rows;
  }

  /// Reads all rows, and again the columns that turned out to be texts too late. With `drop` kinds are found
  /// and no values kept.
  [[nodiscard]] Built build(bool drop) {
    Builders builders;
    for (const CsvColumn& column : columns_) {
      const ColumnKind* kind = given_kind(column.name);
      builders.push_back(kind != nullptr ? ColumnBuilder(*kind) : ColumnBuilder());
    }
    const std::size_t rows = read_rows(builders, drop);
    Builders texts;
    bool again = false;
    for (ColumnBuilder& builder : builders) {
      builder.finish(*rules_);
      const bool conflict = builder.state() == ColumnBuilder::State::conflict;
      texts.push_back(conflict ? ColumnBuilder::of_words() : ColumnBuilder::of_nothing());
      again = again || conflict;
    }
    if (!again) return {std::move(builders), rows};
    begin_again();
    if (read_rows(texts, drop) != rows) {
      throw FileError(source_->name(), "the file changed while it was read");
    }
    for (std::size_t i = 0; i < builders.size(); ++i) {
      if (builders[i].state() != ColumnBuilder::State::conflict) continue;
      texts[i].finish(*rules_);
      builders[i] = std::move(texts[i]);
    }
    return {std::move(builders), rows};
  }

  /// The kinds of columns in the sample, where nothing is known of what comes.
  [[nodiscard]] std::vector<ColumnKind> kinds_of(const SampleRows& rows) const {
    if (rows.empty()) return {};
    Builders builders(rows.front().size());
    for (std::size_t r = dialect_.header ? 1 : 0; r < rows.size(); ++r) {
      for (std::size_t i = 0; i < (std::min)(rows[r].size(), builders.size()); ++i) {
        static_cast<void>(builders[i].add(rows[r][i], *rules_, RowForecast()));
      }
    }
    std::vector<ColumnKind> kinds;
    for (ColumnBuilder& builder : builders) {
      builder.finish(*rules_);
      const ColumnKind kind = builder.kind();
      const bool number = kind == ColumnKind::integer || kind == ColumnKind::real;
      kinds.push_back(number ? ColumnKind::real : kind == ColumnKind::categorical ? ColumnKind::text : kind);
    }
    return kinds;
  }

  void find_kinds() {
    const bool all_given = std::ranges::all_of(
        columns_, [this](const CsvColumn& column) { return given_kind(column.name) != nullptr; });
    Builders found;
    if (!all_given && source_->rewind()) {
      begin_again();
      found = build(true).builders;
      begin_again();
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const ColumnKind* given = given_kind(columns_[i].name);
      Dictionary names;
      if (given != nullptr) {
        columns_[i].kind = *given;
      } else if (!found.empty()) {
        columns_[i].kind = found[i].kind();
        std::vector<std::string> sorted = found[i].dictionary().names();
        std::sort(sorted.begin(), sorted.end());
        for (const std::string& name : sorted) static_cast<void>(names.number_of(name, sorted.size()));
      } else {
        columns_[i].kind = i < kinds_in_sample_.size() ? kinds_in_sample_[i] : ColumnKind::text;
      }
      builders_.emplace_back(columns_[i].kind, std::move(names));
    }
    forecast_ = RowForecast();
  }

  std::unique_ptr<CsvSource> source_;
  CsvOptions options_;
  CsvDialect dialect_;
  std::optional<FieldRules> rules_;
  std::optional<CsvRecords> records_;
  bool row_is_read_ = false;  // the row that the records are at has not been used
  std::vector<CsvColumn> columns_;
  std::vector<ColumnKind> kinds_in_sample_;
  RowForecast forecast_;
  Builders builders_;  // of a CsvReader
};

}  // namespace detail

WICK_INLINE Table read_csv(const std::filesystem::path& path, const CsvOptions& options) {
  return detail::CsvParser(detail::open_csv(path), options).read_all();
}
WICK_INLINE Table read_csv(std::span<const std::byte> bytes, const CsvOptions& options) {
  return detail::CsvParser(std::make_unique<detail::CsvMemory>(bytes, "<memory>"), options).read_all();
}
WICK_INLINE Table read_csv(std::istream& in, const CsvOptions& options) {
  constexpr std::uint64_t most = std::uint64_t{64} << 30;
  auto bytes = detail::read_to_end(in, most, "<stream>", "64 GiB");
  return detail::CsvParser(std::make_unique<detail::CsvMemory>(std::move(bytes), "<stream>"), options)
      .read_all();
}

WICK_INLINE CsvReader::CsvReader(const std::filesystem::path& path, const CsvOptions& options)
    : parser_(std::make_unique<detail::CsvParser>(detail::open_csv(path), options)) {}
WICK_INLINE CsvReader::CsvReader(std::span<const std::byte> bytes, const CsvOptions& options)
    : parser_(std::make_unique<detail::CsvParser>(std::make_unique<detail::CsvMemory>(bytes, "<memory>"),
                                                  options)) {}
WICK_INLINE CsvReader::CsvReader(std::istream& in, const CsvOptions& options)
    : parser_(std::make_unique<detail::CsvParser>(std::make_unique<detail::CsvStream>(in), options)) {}
WICK_INLINE CsvReader::CsvReader(CsvReader&& other) noexcept = default;
WICK_INLINE CsvReader& CsvReader::operator=(CsvReader&& other) noexcept = default;
WICK_INLINE CsvReader::~CsvReader() = default;

WICK_INLINE const CsvDialect& CsvReader::dialect() const& noexcept { return parser_->dialect(); }
WICK_INLINE CsvDialect CsvReader::dialect() && noexcept { return parser_->dialect(); }
WICK_INLINE std::span<const CsvColumn> CsvReader::columns() & { return parser_->columns(); }
WICK_INLINE std::optional<Table> CsvReader::next(Index rows) { return parser_->next(rows); }

WICK_END_NAMESPACE
