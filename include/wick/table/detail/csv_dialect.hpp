#pragma once

// The separator, the decimal and the header of a CSV file, found by its first rows.

#include <wick/table/column.hpp>
#include <wick/table/csv_options.hpp>
#include <wick/table/detail/calendar.hpp>
#include <wick/table/detail/field_values.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

using SampleRows = std::vector<std::vector<std::string_view>>;

/// The fields of the first rows in `text`, quotes around them left out. Forgives what a reader refuses. The
/// last row counts only if the text is all of the file.
[[nodiscard]] inline SampleRows sample_rows(std::string_view text, char separator, const CsvOptions& options,
                                            bool is_all) {
  constexpr std::size_t most_rows = 100;
  constexpr std::size_t most_fields = 10'000;  // together: what is found does not depend on the rest
  SampleRows rows;
  std::size_t fields = 0;
  std::size_t at = 0;
  while (at < text.size() && rows.size() < most_rows && fields < most_fields) {
    std::vector<std::string_view> row;
    bool quoted = false;
    for (;;) {
      if (options.skip_initial_space) at = (std::min)(text.find_first_not_of(' ', at), text.size());
      std::size_t begin = at;
      std::size_t end = at;
      if (at < text.size() && text[at] == options.quote) {
        quoted = true;
        begin = ++at;
        while ((at = text.find(options.quote, at)) != std::string_view::npos && at + 1 < text.size() &&
               text[at + 1] == options.quote) {
          at += 2;
        }
        end = at = (std::min)(at, text.size());
        if (at < text.size()) ++at;
      }
      const std::array<char, 3> ends{separator, '\n', '\r'};
      at = (std::min)(text.find_first_of(std::string_view(ends.data(), ends.size()), at), text.size());
      if (!quoted || end == begin) end = at;
      row.push_back(text.substr(begin, end - begin));
      if (at == text.size() || text[at] != separator) break;
      ++at;
    }
    if (at == text.size() && !is_all) break;
    if (text.substr(at).starts_with("\r\n")) ++at;
    ++at;
    const bool blank =
        row.size() == 1 && !quoted && row[0].find_first_not_of(" \t") == std::string_view::npos;
    fields += row.size();
    if (!blank) rows.push_back(std::move(row));
  }
  return rows;
}

/// Finds what the options leave open.
class CsvSniffer {
 public:
  CsvSniffer(std::string_view sample, bool is_all, const CsvOptions& options)
      : sample_(sample), is_all_(is_all), options_(options) {}

  [[nodiscard]] CsvDialect find() const {
    CsvDialect dialect;
    dialect.separator = options_.separator ? *options_.separator : find_separator();
    const SampleRows rows = rows_by(dialect.separator);
    dialect.decimal = options_.decimal ? *options_.decimal : find_decimal(rows, dialect.separator);
    dialect.header = options_.header ? *options_.header : find_header(rows, dialect.decimal);
    return dialect;
  }

 private:
  [[nodiscard]] SampleRows rows_by(char separator) const {
    return sample_rows(sample_, separator, options_, is_all_);
  }

  [[nodiscard]] char find_separator() const {
    struct Score {
      double equal = 0;    // share of the rows with as many fields as the first
      double numbers = 0;  // share of the fields
      std::size_t fields = 0;
    };
    char best = ',';
    Score most;
    const NumberParser with_point('.');
    const NumberParser with_comma(',');
    for (const char separator : {',', ';', '\t', '|'}) {
      if (separator == options_.decimal || separator == options_.quote) continue;
      const SampleRows rows = rows_by(separator);
      if (rows.empty() || rows.front().size() < 2) continue;
      Score score{.fields = rows.front().size()};
      std::size_t fields = 0;
      for (const auto& row : rows) {
        if (row.size() == score.fields) score.equal += 1 / static_cast<double>(rows.size());
        for (const auto& field : row) {
          const bool number = with_point(field).form != NumberForm::none ||
                              (separator != ',' && with_comma(field).form != NumberForm::none);
          if (number) score.numbers += 1;
          ++fields;
        }
      }
      score.numbers /= static_cast<double>(fields);
      constexpr double same = 1e-9;
      const bool better = score.equal > most.equal + same ||
                          (score.equal > most.equal - same &&
                           (score.numbers > most.numbers + same ||
                            (score.numbers > most.numbers - same && score.fields > most.fields)));
      if (better) {
        most = score;
        best = separator;
      }
    }
    return best;
  }

  [[nodiscard]] static char find_decimal(const SampleRows& rows, char separator) {
    if (separator == ',') return '.';
    const NumberParser with_point('.');
    const NumberParser with_comma(',');
    bool comma = false;
    for (const auto& row : rows) {
      for (const auto& field : row) {
        if (with_point(field).form == NumberForm::real && field.find('.') != std::string_view::npos)
          return '.';
        const std::size_t at = field.find(',');
        if (at == std::string_view::npos || with_comma(field).form == NumberForm::none) continue;
        // `1,234` may be a thousand and more, except where a semicolon says that commas are in use.
        const bool thousands = field.size() - at == 4 && at > 0 && at <= 3 && field[0] != '0';
        if (separator == ';' || !thousands) comma = true;
      }
    }
    return comma ? ',' : '.';
  }

  /// A text for what no other kind fits.
  [[nodiscard]] static ColumnKind kind_of(std::string_view field, const NumberParser& number) {
    if (number(field).form != NumberForm::none) return ColumnKind::real;
    if (parse_boolean(field) >= 0) return ColumnKind::boolean;
    return parse_date(field).ok ? ColumnKind::date : ColumnKind::text;
  }

  [[nodiscard]] bool find_header(const SampleRows& rows, char decimal) const {
    if (rows.empty()) return true;
    const NumberParser number(decimal);
    const MissingTexts missing(options_.missing, number);
    bool texts_alone = true;
    bool numbered = false;
    bool nameless = false;
    for (std::size_t c = 0; c < rows.front().size(); ++c) {
      const std::string_view first = rows.front()[c];
      const ColumnKind of_first = kind_of(first, number);
      // Of the other rows: one kind, or text.
      bool seen = false;
      ColumnKind of_others = ColumnKind::text;
      for (std::size_t r = 1; r < rows.size(); ++r) {
        if (c >= rows[r].size() || missing.contains(rows[r][c])) continue;
        const ColumnKind kind = kind_of(rows[r][c], number);
        of_others = !seen || kind == of_others ? kind : ColumnKind::text;
        seen = true;
      }
      if (of_first != ColumnKind::text) texts_alone = false;
      if (!seen || of_others == ColumnKind::text) continue;
      if (of_first == ColumnKind::text && !missing.contains(first)) return true;
      // A column of row numbers often has no name.
      (of_first == ColumnKind::text ? nameless : numbered) = true;
    }
    return texts_alone || (nameless && !numbered);
  }

  std::string_view sample_;
  bool is_all_;
  const CsvOptions& options_;
};

}  // namespace detail

WICK_END_NAMESPACE
