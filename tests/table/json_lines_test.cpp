#include <wick/table/json_lines.hpp>

#include "support/files.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <bit>
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
  CHECK(shown(read("{\"a\": \"x\"}\n{\"a\": 1}\n{\"a\": \"x\"}\n{\"a\": 1}\n")) == "text: x;1;x;1");
  CHECK(shown(read("{\"a\": \"x\"}\n{\"a\": \"x\"}\n{\"a\": true}\n{\"a\": true}\n")) ==
        "text: x;x;True;True");
  CHECK(shown(read("{\"a\": -0}\n{\"a\": 0.5}\n{\"a\": -0}\n")) == "real: 0.0;0.5;0.0");
  CHECK(shown(read("{\"a\": true}\n{\"a\": null}\n{\"a\": 0}\n")) == "text: True;;0");
  CHECK(shown(read("{\"a\": 12345678901234567890}\n{\"a\": 1}\n")) == "text: 12345678901234567890;1");
  CHECK(shown(read("{\"a\": 1}\n{\"a\": 12345678901234567890}\n")) == "text: 1;12345678901234567890");
  CHECK(shown(read("{\"a\": 1}\n{}\n{\"a\": 12345678901234567890}\n{\"a\": 9007199254740993}\n")) ==
        "text: 1;;12345678901234567890;9007199254740993");
  CHECK(shown(read("{\"a\": 12345678901234567890}\n{}\n{\"a\": 0.5}\n")) ==
        "real: 1.2345678901234567e+19;;0.5");
  CHECK(shown(read("{\"a\": \"2024-01-01\"}\n{\"a\": \"2024-01-01Z\"}\n")) == "text: 2024-01-01;2024-01-01Z");
  CHECK(shown(read("{\"a\": \"2024-01-01\"}\n", {.find_dates = false})) == "text: 2024-01-01");
  CHECK(shown(read("{\"a\": \"x\"}\n{\"a\": \"x\"}\n", {.most_categories = 0})) == "text: x;x");
  CHECK(shown(read("{}\n{}\n{\"a\":1}")) == "real: ;;1.0");
  CHECK(shown(read("{\"a\": 0.5}\n{\"a\": 12345678901234567890}\n{\"a\": 1e-999}")) ==
        "real: 0.5;1.2345678901234567e+19;0.0");
}

TEST_CASE("values are those that Python's json module reads") {
  wick_tests::Fixture file("json_lines.bin");
  for (auto files = file.get<std::uint32_t>(); files > 0; --files) {
    const std::string text = file.text();
    CAPTURE(text);
    const Table table = read(text);
    CHECK(shown(wick::JsonLinesReader(std::as_bytes(std::span(text))).next(100).value()) == shown(table));
    std::vector<std::string> names(file.get<std::uint32_t>());
    for (std::string& name : names) name = file.text();
    CHECK(table.names() == names);
    REQUIRE(table.rows() == static_cast<Index>(file.get<std::uint32_t>()));
    for (Index row = 0; row < table.rows(); ++row) {
      for (const auto& column : table.columns()) {
        const auto what = file.get<std::uint8_t>();
        CHECK(column.is_missing(row) == (what == 0));
        if (what == 1) {
          CHECK(column.text(row) == (file.get<std::uint8_t>() != 0 ? "True" : "False"));
        } else if (what == 2) {
          const double got = column.number(row);
          CHECK(std::bit_cast<std::uint64_t>(got) == std::bit_cast<std::uint64_t>(file.get<double>()));
        } else if (what == 3) {
          CHECK(column.text(row) == file.text());
        }
      }
    }
  }
  CHECK(file.at_end());
}

TEST_CASE("a file some rows at a time") {
  std::string text =
      "{\"n\": 1, \"t\": \"b\", \"d\": \"2024-01-01\", \"m\": \"x\"}\n\n"
      "{\"t\": \"a\", \"n\": 2, \"ok\": true, \"m\": 1.50}\n"
      "{\"n\": 3, \"t\": \"b\", \"w\": 12345678901234567890}\n"
      "{\"n\": 4, \"t\": \"a\", \"d\": null, \"m\": false, \"r\": 1, \"w\": 1}\n"
      "{\"n\": 5, \"t\": null, \"r\": 0.5, \"id\": \"one\"}";
  const Table all = read(text);
  CHECK(shown(all).starts_with("integer categorical date text boolean text real text: "));
  for (const Index chunk : {1, 2, 4, 5, 100}) {
    wick::JsonLinesReader reader(std::as_bytes(std::span(text)));
    Index begin = 0;
    while (const auto rows = reader.next(chunk)) {
      CHECK(rows->names() == all.names());
      for (std::size_t i = 0; i < all.columns().size(); ++i) {
        const auto& part = rows->columns()[i];
        CHECK(part.kind() == all.columns()[i].kind());
        for (Index row = 0; row < part.size(); ++row)
          CHECK(part.text(row) == all.columns()[i].text(begin + row));
      }
      CHECK((*rows)["t"].categories().names == std::vector<std::string>{"a", "b"});
      begin += rows->rows();
    }
    CHECK(begin == 5);
    CHECK_FALSE(reader.next(chunk).has_value());
  }
  wick::JsonLinesReader given(std::as_bytes(std::span(text)));
  CHECK_THROWS_AS(static_cast<void>(given.next(0)), wick::OptionError);
  const auto refused = [](std::string_view bad, const JsonLinesOptions& options = {}) {
    return message_of<wick::Error>([&] {
      wick::JsonLinesReader reader(std::as_bytes(std::span(bad)), options);
      while (reader.next(1)) {
      }
    });
  };
  CHECK(contains(refused("{\"a\": 1}\n{\"a\": [1]}"), "line 2, column \"a\": expected a number"));
  CHECK(contains(refused("{\"a\": 1}\n{}", {.kinds = {{"a", ColumnKind::integer}}}), "a row without \"a\""));
  CHECK(contains(refused("{\"a\": 1}\n{\"a\": \"x\"}", {.kinds = {{"a", ColumnKind::real}}}),
                 "expected a number, got \"x\""));
  CHECK(contains(refused("{\"a\": 1}", {.kinds = {{"b", ColumnKind::real}}}), "has no column \"b\""));
  CHECK(contains(refused("{\"a\": 1e999}"), "expected a number of 64 bits, got 1e999"));
  CHECK(contains(refused(""), "the file has none"));
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
