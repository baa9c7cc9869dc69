// CSV files: read_csv() and CsvReader, against a reader that goes from character to character. The first byte
// of an input says with which options.

#include "fuzz/fuzz.hpp"

#include <wick/table/csv.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <string>

namespace wick_fuzz {

namespace {

using Rows = std::vector<std::vector<std::string>>;

wick::CsvOptions options_of(std::byte first) {
  const auto bits = std::to_integer<unsigned>(first);
  wick::CsvOptions options;
  constexpr std::array separators{',', ';', '\t', '|'};
  if ((bits & 1U) != 0) options.separator = separators[bits >> 1U & 3U];
  if ((bits & 8U) != 0) options.header = (bits & 16U) != 0;
  options.fill_short_rows = (bits & 32U) != 0;
  options.skip_initial_space = (bits & 64U) != 0;
  options.most_categories = (bits & 128U) != 0 ? 2 : 1000;
  options.most_columns = 200;
  return options;
}

/// The fields of a file that was read without an error.
Rows rows_of(std::string_view text, char separator, bool skip_space) {
  Rows rows;
  std::vector<std::string> row(1);
  bool quoted = false;  // in this row
  bool inside = false;  // quotes
  bool begins = true;   // a field
  std::size_t i = 0;
  const auto end_row = [&] {
    const bool blank = row.size() == 1 && !quoted && row[0].find_first_not_of(" \t") == std::string::npos;
    if (!blank) rows.push_back(row);
    row.assign(1, "");
    quoted = false;
    begins = true;
  };
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (inside) {
      if (c != '"') {
        row.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        row.back() += text[++i];
      } else {
        inside = false;
      }
    } else if (begins && c == ' ' && skip_space) {
    } else if (begins && c == '"') {
      inside = quoted = true;
      begins = false;
    } else if (c == separator) {
      row.emplace_back();
      begins = true;
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
      end_row();
    } else {
      row.back() += c;
      begins = false;
    }
  }
  if (row.size() > 1 || quoted || !row[0].empty()) end_row();
  return rows;
}

bool is_missing(const std::string& field) {
  static const auto texts = wick::default_missing_texts();
  return std::ranges::find(texts, field) != texts.end();
}

/// What the C library makes of a number; its locale is "C" here.
double number_of(std::string field, char decimal) {
  std::ranges::replace(field, decimal, '.');
  return std::strtod(field.c_str(), nullptr);
}

void check_cell(const wick::Column& column, wick::Index row, const std::string& field, char decimal) {
  require(column.is_missing(row) == is_missing(field), "a value is missing, or not, otherwise");
  if (column.is_missing(row)) return;
  switch (column.kind()) {
    case wick::ColumnKind::integer:
      require(std::to_string(column.integers()[static_cast<std::size_t>(row)]) ==
                  std::to_string(std::strtoll(field.c_str(), nullptr, 10)),
              "an integer is another");
      break;
    case wick::ColumnKind::real:
      require(column.number(row) == number_of(field, decimal), "a number is another");
      break;
    case wick::ColumnKind::boolean:
      require(column.number(row) == (field.size() == 4 ? 1 : 0), "a truth value is another");
      break;
    case wick::ColumnKind::date:
      require(column.text(row).substr(0, 10) == field.substr(0, 10), "a date is another");
      break;
    default:
      require(column.text(row) == field, "a text is another");
  }
}

}  // namespace

void read(View input) {
  if (input.empty()) return;
  const wick::CsvOptions options = options_of(input[0]);
  const View file = input.subspan(1);
  const wick::Table table = wick::read_csv(file, options);
  wick::CsvReader reader(file, options);
  const wick::CsvDialect dialect = reader.dialect();

  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (dialect.byte_order_mark) text.remove_prefix(3);
  Rows rows = rows_of(text, dialect.separator, options.skip_initial_space);
  if (dialect.header) rows.erase(rows.begin());
  require(table.rows() == static_cast<wick::Index>(rows.size()) || table.columns().empty(), "other rows");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < table.columns().size(); ++c) {
      check_cell(table.columns()[c], static_cast<wick::Index>(r), c < rows[r].size() ? rows[r][c] : "",
                 dialect.decimal);
    }
  }

  wick::Index row = 0;
  while (const auto chunk = reader.next(3)) {
    for (std::size_t c = 0; c < table.columns().size(); ++c) {
      const wick::Column& all = table.columns()[c];
      const wick::Column& part = chunk->columns()[c];
      require(all.kind() == part.kind() && all.name() == part.name(), "a chunk has other columns");
      for (wick::Index r = 0; r < chunk->rows(); ++r) {
        if (part.kind() == wick::ColumnKind::real) {
          require(part.is_missing(r) ? all.is_missing(row + r) : part.number(r) == all.number(row + r),
                  "a chunk has other numbers");
        } else {
          require(part.text(r) == all.text(row + r), "a chunk has other values");
        }
      }
    }
    row += chunk->rows();
  }
  require(row == table.rows(), "the chunks have other rows");

  // A stream has other kinds of columns, and may be refused for them.
  std::istringstream in{std::string(reinterpret_cast<const char*>(file.data()), file.size())};
  wick::CsvReader streamed(in, options);
  while (streamed.next(100)) {
  }
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  static constexpr std::array<std::string_view, 40> tokens{",",
                                                           ";",
                                                           "\t",
                                                           "|",
                                                           "\n",
                                                           "\r\n",
                                                           "\r",
                                                           "\"",
                                                           "\"\"",
                                                           "\"a\nb\"",
                                                           "1",
                                                           "-0",
                                                           "1.5",
                                                           "2,5",
                                                           "1e5",
                                                           "NA",
                                                           "nan",
                                                           "true",
                                                           "FALSE",
                                                           "2024-02-29",
                                                           " ",
                                                           "x",
                                                           "\xC3\xBC",
                                                           "inf",
                                                           "1e400",
                                                           "\n\n",
                                                           "\"\"\"\"",
                                                           "0.1,0.2\n",
                                                           "007",
                                                           "9223372036854775808",
                                                           "a,b\n",
                                                           "-",
                                                           "+1",
                                                           ".",
                                                           "1.#IND",
                                                           "\"1\"",
                                                           "4.9e-324",
                                                           "T12:30Z",
                                                           "\xEF\xBB\xBF",
                                                           "00000000000000000000"};
  if (random.one_in(3) || file.empty()) {
    mutate_range(file, 0, file.size(), limit);
    return;
  }
  for (std::size_t n = 1 + random.below(4); n > 0; --n) {
    const std::size_t at = 1 + random.below(file.size());
    if (random.one_in(4)) {
      // A piece of the file once more, or not at all.
      const std::size_t begin = (std::min)(at, file.size());
      const std::size_t size = random.below((std::min)(file.size() - begin, std::size_t{200}) + 1);
      const auto from = file.begin() + static_cast<std::ptrdiff_t>(begin);
      const Bytes piece(from, from + static_cast<std::ptrdiff_t>(size));
      if (random.one_in(2)) {
        file.erase(from, from + static_cast<std::ptrdiff_t>(size));
      } else {
        file.insert(from, piece.begin(), piece.end());
      }
    } else {
      const auto token = std::as_bytes(std::span(tokens[random.below(tokens.size())]));
      file.insert(file.begin() + static_cast<std::ptrdiff_t>((std::min)(at, file.size())), token.begin(),
                  token.end());
    }
  }
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files;
  for (const std::string_view text : {"\x01"
                                      "a,b\n1,2\n3,4\n",
                                      "\x10"
                                      "a;b;c\n1,5;x;true\n2,5;y;NA\n",
                                      "\x10"
                                      "x\ty\n2024-02-29\t\"a\nb\"\n",
                                      "\x08"
                                      "1,2\n3,4.5\n\"6\",\n",
                                      "\x20"
                                      "a,b,c\n1\n1,2\n",
                                      "\x40"
                                      "a, b\n1, \"x\"\"y\"\n",
                                      "\x80"
                                      "w,v\nx,1\ny,1\nx,1\nz,1\ny,1\n",
                                      "\x10"
                                      "\xEF\xBB\xBF"
                                      "a,a,\n1,-0,1\n2.5,7,\n",
                                      "\x01"
                                      "a\n12345678901234567890\n1.5\n",
                                      "\x01"
                                      "a\n007\n1.50\nx\n",
                                      "\x01"
                                      "a\n\"never closed",
                                      "\x01"
                                      "a\n\"b\"c\n",
                                      "\x01"
                                      "a,b\n1\n"}) {
    const auto bytes = std::as_bytes(std::span(text));
    files.emplace_back(bytes.begin(), bytes.end());
  }
  // Rows that lie across the pieces in which a file is read.
  std::string large =
      "\x01"
      "a,b\n";
  while (large.size() < 3000) large += std::to_string(large.size()) + ",\"two\r\nlines\"\n";
  const auto bytes = std::as_bytes(std::span(large));
  files.emplace_back(bytes.begin(), bytes.end());
  return files;
}

}  // namespace wick_fuzz
