// JSON lines: read_json_lines() and JsonLinesReader. The first byte of an input says with which options.

#include "fuzz/fuzz.hpp"

#include <wick/base/number.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/table/cell.hpp>
#include <wick/table/json_lines.hpp>

#include <iterator>
#include <sstream>
#include <string>
#include <variant>

namespace wick_fuzz {

namespace {

wick::JsonLinesOptions options_of(std::byte first) {
  const auto bits = std::to_integer<unsigned>(first);
  wick::JsonLinesOptions options;
  options.find_dates = (bits & 1U) == 0;
  options.most_categories = (bits & 2U) != 0 ? 2 : 1000;
  options.most_columns = 200;
  options.most_line_bytes = std::size_t{1} << 20;
  return options;
}

/// The table again, one line for each row.
std::string lines_of(const wick::Table& table) {
  std::string out;
  for (wick::Index row = 0; row < table.rows(); ++row) {
    out += '{';
    for (const wick::Column& column : table.columns()) {
      if (&column != table.columns().data()) out += ',';
      wick::detail::append_json_string(out, column.name());
      out += ':';
      const wick::CellView cell = cell_of(column, row);
      if (const auto* text = std::get_if<std::string_view>(&cell)) {
        wick::detail::append_json_string(out, *text);
      } else if (const auto* number = std::get_if<double>(&cell)) {
        out += wick::python_repr(*number);
      } else if (std::holds_alternative<std::monostate>(cell)) {
        out += "null";
      } else if (std::holds_alternative<wick::Date>(cell)) {
        wick::detail::append_json_string(out, column.text(row));
      } else {
        out += shown_cell(cell);
      }
    }
    out += "}\n";
  }
  return out;
}

}  // namespace

void read(View input) {
  if (input.empty()) return;
  wick::JsonLinesOptions options = options_of(input[0]);
  input = input.subspan(1);
  const wick::Table table = wick::read_json_lines(input, options);
  require(table.rows() > 0, "a table without rows");
  // Some rows at a time, the kinds and, but for numbers among texts, the values are the same.
  wick::JsonLinesReader reader(input, options);
  wick::Index begin = 0;
  while (const auto rows = reader.next(3)) {
    require(rows->names() == table.names(), "other names in chunks");
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      const wick::Column& all = table.columns()[i];
      const wick::Column& part = rows->columns()[i];
      require(all.kind() == part.kind(), "another kind in chunks");
      for (wick::Index row = 0; row < part.size(); ++row) {
        require(all.is_missing(begin + row) == part.is_missing(row), "another missing value in chunks");
        require(all.kind() == wick::ColumnKind::text || all.text(begin + row) == part.text(row),
                "another value in chunks");
      }
    }
    begin += rows->rows();
  }
  require(begin == table.rows(), "other rows in chunks");
  // Written again under the same kinds, it reads back equal.
  for (const wick::Column& column : table.columns()) options.kinds[column.name()] = column.kind();
  std::istringstream again(lines_of(table));
  const wick::Table other = wick::read_json_lines(again, options);
  require(other.rows() == table.rows() && other.names() == table.names(), "rows or names changed");
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    const wick::Column& a = table.columns()[i];
    const wick::Column& b = other.columns()[i];
    require(a.kind() == b.kind(), "a kind changed");
    for (wick::Index row = 0; row < table.rows(); ++row) {
      require(a.is_missing(row) == b.is_missing(row) && a.text(row) == b.text(row), "a value changed");
    }
  }
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (random.one_in(2)) return mutate_range(file, 0, file.size(), limit);
  static constexpr std::string_view parts[] = {
      "null", "true",    "\"2024-02-29\"",       "12",   "-0.5e3", "{\"a\":1}\n", ",\"b\":", "\"x\"",
      "\n",   "\\u00e4", "99999999999999999999", "\"\"", "}\n{"};
  const std::string_view part = parts[random.below(std::size(parts))];
  const auto at = file.begin() + static_cast<std::ptrdiff_t>(random.below(file.size() + 1));
  const auto* const begin = reinterpret_cast<const std::byte*>(part.data());
  file.insert(at, begin, begin + part.size());
  if (file.size() > limit) file.resize(limit);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> result;
  for (const std::string_view text :
       {std::string_view(
            "\0{\"n\": 1, \"x\": 0.5, \"ok\": true, \"t\": \"a\", \"d\": \"2024-02-29\"}\n{\"n\": 2}\n", 69),
        std::string_view("\1{\"a\": \"x\"}\n{\"a\": \"x\"}\n{\"a\": null}\n"),
        std::string_view("\2{\"a\": 1}\n{\"a\": \"b\"}\n")}) {
    const auto bytes = std::as_bytes(std::span(text));
    result.emplace_back(bytes.begin(), bytes.end());
  }
  return result;
}

}  // namespace wick_fuzz
