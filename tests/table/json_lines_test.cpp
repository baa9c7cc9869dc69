#include <wick/table/json_lines.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>

using wick::ColumnKind;
using wick::Index;
using wick::JsonLinesOptions;
using wick::Table;
using wick_tests::contains;
using wick_tests::message_of;
using namespace std::string_literals;

namespace {

Table read(std::string_view text, const JsonLinesOptions& options = {}) {
  return wick::read_json_lines(std::as_bytes(std::span(text)), options);
}
std::string refusal(std::string_view text, const JsonLinesOptions& options = {}) {
  return message_of<wick::FormatError>([&] { static_cast<void>(read(text, options)); });
}
// The kinds and the rows as texts: `integer text: 1|x;2|y`.
std::string shown(const Table& table) {
  std::string result;
  for (const auto& column : table.columns())
    result += (result.empty() ? "" : " ") + std::string(name_of(column.kind()));
  result += ":";
  for (Index row = 0; row < table.rows(); ++row) {
    result += row == 0 ? " " : ";";
    for (const auto& column : table.columns())
      result += (&column == table.columns().data() ? "" : "|") + column.text(row);
  }
  return result;
}

}  // namespace

TEST_CASE("values of JSON lines make columns of their kinds") {
  const Table table = read(
      "\xEF\xBB\xBF{\"n\": 1, \"x\": 0.5, \"ok\": true, \"town\": \"Oslo\", \"on\": \"2024-02-29\"}\r\n"
      "\n"
      "{\"x\": 2, \"n\": -3, \"ok\": null, \"town\": \"Oslo\", \"on\": null, \"late\": \"\xC3\xA4\\n\"}\n"
      "  {\"town\": null, \"n\": 9223372036854775807, \"x\": 1e3}");
  CHECK(table.names() == std::vector<std::string>{"n", "x", "ok", "town", "on", "late"});
  CHECK(shown(table) ==
        "integer real boolean categorical date text: "
        "1|0.5|True|Oslo|2024-02-29|;-3|2.0||Oslo||\xC3\xA4\n;9223372036854775807|1000.0||||");
  CHECK(table["late"].missing_count() == 2);
  // Integers of which one is missing are reals, wherever it is.
  CHECK(shown(read("{\"a\": 1}\n{\"a\": null}\n{\"a\": 3}\n")) == "real: 1.0;;3.0");
  CHECK(shown(read("{}\n{\"a\": 1}\n{\"a\": 2}\n")) == "real: ;1.0;2.0");
  CHECK(shown(read("{\"a\": 1}\n{\"a\": 2.5}\n{\"a\": -0.0}\n")) == "real: 1.0;2.5;-0.0");
  CHECK(shown(read("{\"a\": null}\n{\"a\": null}\n")) == "real: ;");
  CHECK(shown(read("{\"a\": null}\n{\"a\": false}\n")) == "boolean: ;False");
  // A text is a text, whatever it looks like.
  CHECK(shown(read("{\"a\": \"1\"}\n{\"a\": \"2\"}\n{\"a\": \"\"}\n")) == "text: 1;2;");
  CHECK(read("{\"a\": \"1\"}\n{\"a\": \"2\"}\n{\"a\": \"\"}\n")["a"].missing_count() == 0);
  CHECK(shown(read("{\"a\": \"NA\"}\n{\"a\": \"NA\"}\n{\"a\": \"true\"}\n{\"a\": \"true\"}\n")) ==
        "categorical: NA;NA;true;true");
  // Several kinds.
  CHECK(shown(read("{\"a\": 1}\n{\"a\": \"x\"}\n{\"a\": 2.50}\n{\"a\": true}\n{\"a\": null}\n")) ==
        "text: 1;x;2.50;True;");
  CHECK(shown(read("{\"a\": true}\n{\"a\": null}\n{\"a\": 0}\n")) == "text: True;;0");
  CHECK(shown(read("{\"a\": 12345678901234567890}\n{\"a\": 1}\n")) == "text: 12345678901234567890;1");
  CHECK(shown(read("{\"a\": 1}\n{\"a\": 12345678901234567890}\n")) == "text: 1;12345678901234567890");
  CHECK(shown(read("{\"a\": \"2024-01-01\"}\n{\"a\": \"2024-01-01Z\"}\n")) == "text: 2024-01-01;2024-01-01Z");
  CHECK(shown(read("{\"a\": \"2024-01-01\"}\n", {.find_dates = false})) == "text: 2024-01-01");
  CHECK(shown(read("{\"a\": \"x\"}\n{\"a\": \"x\"}\n", {.most_categories = 0})) == "text: x;x");
  CHECK(shown(read("{}\n{}\n{\"a\":1}")) == "real: ;;1.0");
  CHECK(shown(read("{\"a\": 0.5}\n{\"a\": 12345678901234567890}\n{\"a\": 1e-999}")) ==
        "real: 0.5;1.2345678901234567e+19;0.0");
}

TEST_CASE("kinds can be given") {
  const std::string text =
      "{\"n\": 1, \"t\": \"a\", \"d\": \"2024-01-01\"}\n{\"n\": 2, \"t\": 5, \"d\": null}\n";
  CHECK(shown(read(
            text,
            {.kinds = {{"n", ColumnKind::real}, {"t", ColumnKind::categorical}, {"d", ColumnKind::text}}})) ==
        "real categorical text: 1.0|a|2024-01-01;2.0|5|");
  CHECK(shown(read(text, {.kinds = {{"n", ColumnKind::text}, {"d", ColumnKind::date}}})) ==
        "text text date: 1|a|2024-01-01;2|5|");
  CHECK(contains(refusal(text, {.kinds = {{"t", ColumnKind::integer}}}),
                 "line 1, column \"t\": expected an integer of 64 bits, got \"a\""));
  CHECK(contains(refusal(text, {.kinds = {{"n", ColumnKind::date}}}),
                 "expected a date such as \"2024-02-29\", got 1"));
  CHECK(contains(refusal(text, {.kinds = {{"t", ColumnKind::date}}}), "got \"a\""));
  CHECK(contains(refusal(text, {.kinds = {{"n", ColumnKind::boolean}}}), "expected true or false, got 1"));
  CHECK(contains(refusal("{\"n\": 1.5}", {.kinds = {{"n", ColumnKind::integer}}}), "got 1.5"));
  CHECK(contains(refusal("{}\n{\"n\": 1}", {.kinds = {{"n", ColumnKind::integer}}}),
                 "rows before that have none"));
  CHECK(contains(refusal("{\"n\": 1}\n{}", {.kinds = {{"n", ColumnKind::integer}}}), "a row without \"n\""));
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(read(text, {.kinds = {{"x", ColumnKind::real}}}));
        }) == "JsonLinesOptions::kinds: <memory> has no column \"x\"; there is \"n\", \"t\", \"d\"");
}

TEST_CASE("what is wrong is said with line and column") {
  CHECK(refusal("{\"a\": 1}\n\n{\"a\": [1]}\n") ==
        "<memory>: at byte 16: line 3, column \"a\": expected a number, a text, true, false or null, got an "
        "array");
  CHECK(contains(refusal("{\"a\": {}}"),
                 "line 1, column \"a\": expected a number, a text, true, false or null, got an object"));
  CHECK(contains(refusal("{\"a\": 01}"), "line 1: expected ',' or '}', got '1'"));
  CHECK(contains(refusal("{\"a\": NaN}"), "line 1, column \"a\": expected a number"));
  CHECK(contains(refusal("{\"a\": 1e999}"), "expected a number of 64 bits, got 1e999"));
  CHECK(contains(refusal("{\"a\": 1, \"a\": 2}"), "the key 'a' is there twice"));
  CHECK(contains(refusal("[{\"a\": 1}]"), "line 1: expected an object, a row of the table, got '['"));
  CHECK(contains(refusal("{\"a\": 1} {\"a\": 2}"), "line 1: expected the end, got '{'"));
  CHECK(contains(refusal("{\"a\": \"\xFF\"}"), "the JSON text is not UTF-8"));
  CHECK(contains(refusal("{\"a\": \"x\n\"}"), "line 1, column \"a\": a text without end"));
  CHECK(contains(refusal(""), "<memory>: expected lines with JSON objects, the file has none"));
  CHECK(contains(refusal(" \n\r\n"), "the file has none"));
  CHECK(contains(refusal("{}\n{}\n"), "expected objects with keys, all are empty"));
  CHECK(contains(refusal("{\"a\": 1, \"b\": 2}", {.most_columns = 1}), "more than 1 columns"));
  CHECK(contains(refusal("{\"a\": \"" + std::string(200'000, 'x') + "\"}", {.most_line_bytes = 1000}),
                 "line 1: more than 1000 bytes"));
  // Each row has a column of its own.
  std::string sparse;
  for (int i = 0; i < 3000; ++i) sparse += "{\"" + std::to_string(i) + "\":1}\n";
  CHECK(contains(refusal(sparse), "too many for a table"));
}

TEST_CASE("files and streams of many lines") {
  const wick_tests::TempDir dir;
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += "{\"n\": " + std::to_string(i) + ", \"s\": \"" +
            std::string(static_cast<std::size_t>(i % 50), 'x') + "\"}\n";
  const auto path = dir / "rows.jsonl";
  std::ofstream(path, std::ios::binary) << text;
  std::istringstream stream(text);
  for (const Table& table : {wick::read_json_lines(path), wick::read_json_lines(stream)}) {
    REQUIRE(table.rows() == 20'000);
    bool right = true;
    for (Index i = 0; i < table.rows(); ++i) {
      right = right && table["n"].number(i) == static_cast<double>(i) &&
              table["s"].text(i).size() == static_cast<std::size_t>(i % 50);
    }
    CHECK(right);
  }
  CHECK_THROWS_AS(static_cast<void>(wick::read_json_lines(dir / "none.jsonl")), wick::FileError);
}
