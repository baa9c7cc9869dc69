#include <wick/table/csv.hpp>

#include "support/files.hpp"
#include "support/fixture.hpp"
#include "support/peak.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using wick::ColumnKind;
using wick::CsvDialect;
using wick::CsvOptions;
using wick::CsvReader;
using wick::Index;
using wick::Table;
using wick_tests::contains;
using wick_tests::message_of;
using namespace std::string_literals;

namespace {

Table read(std::string_view text, const CsvOptions& options = {}) {
  return wick::read_csv(std::as_bytes(std::span(text)), options);
}
CsvDialect dialect_of(std::string_view text, const CsvOptions& options = {}) {
  return CsvReader(std::as_bytes(std::span(text)), options).dialect();
}
std::string refusal(std::string_view text, const CsvOptions& options = {}) {
  return message_of<wick::FormatError>([&] { static_cast<void>(read(text, options)); });
}
std::string option_refusal(const CsvOptions& options) {
  return message_of<wick::OptionError>([&] { static_cast<void>(read("a\n1\n", options)); });
}
// The kinds, as `integer real`.
std::string kinds(const Table& table) {
  std::string result;
  for (const auto& column : table.columns())
    result += (result.empty() ? "" : " ") + std::string(name_of(column.kind()));
  return result;
}
// The rows as texts: `1|x;2|y`.
std::string cells(const Table& table) {
  std::string result;
  for (Index row = 0; row < table.rows(); ++row) {
    result += row == 0 ? "" : ";";
    for (const auto& column : table.columns())
      result += (&column == table.columns().data() ? "" : "|") + column.text(row);
  }
  return result;
}
bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (a != a && b != b);
}

// What pandas read of one column, see reference/make_csv.py.
void check_column(const wick::Column& column, Index rows, wick_tests::Fixture& expected) {
  CAPTURE(column.name());
  CHECK(column.name() == expected.text());
  REQUIRE(column.size() == rows);
  const auto kind = expected.get<std::uint8_t>();
  CAPTURE(name_of(column.kind()));
  if (kind == 0) {
    REQUIRE(column.kind() == ColumnKind::integer);
    for (const std::int64_t x : column.integers()) CHECK(x == expected.get<std::int64_t>());
  } else if (kind == 1) {
    REQUIRE(column.kind() == ColumnKind::real);
    for (const double x : column.reals()) {
      CAPTURE(x);
      CHECK(same_bits(x, expected.get<double>()));
    }
  } else if (kind == 2) {
    REQUIRE(column.kind() == ColumnKind::boolean);
    for (const std::int8_t x : column.booleans()) CHECK(x == expected.get<std::int8_t>());
  } else if (kind == 3) {
    REQUIRE(column.kind() == ColumnKind::date);
    for (const std::int64_t x : column.dates()) CHECK(x == expected.get<std::int64_t>());
  } else {
    REQUIRE((column.kind() == ColumnKind::text || column.kind() == ColumnKind::categorical));
    for (Index row = 0; row < rows; ++row) {
      const bool there = expected.get<std::uint8_t>() != 0;
      CHECK(column.is_missing(row) == !there);
      if (there) CHECK(column.text(row) == expected.text());
    }
  }
}

}  // namespace

TEST_CASE("kinds and values are those that pandas reads, to the last bit") {
  wick_tests::Fixture expected("csv.bin");
  const auto files = expected.get<std::uint32_t>();
  REQUIRE(files == 120);
  for (std::uint32_t i = 0; i < files; ++i) {
    CAPTURE(i);
    const std::string text = expected.text();
    CsvOptions options;
    options.separator = static_cast<char>(expected.get<std::uint8_t>());
    options.decimal = static_cast<char>(expected.get<std::uint8_t>());
    options.header = expected.get<std::uint8_t>() != 0;
    const auto rows = static_cast<Index>(expected.get<std::uint32_t>());
    const auto columns = expected.get<std::uint32_t>();
    const Table table = read(text, options);
    REQUIRE(table.columns().size() == columns);
    for (const auto& column : table.columns()) check_column(column, rows, expected);

    // In chunks, from a stream that gives little at a time, it is the same.
    CsvReader reader(std::as_bytes(std::span(text)), options);
    Index row = 0;
    while (const auto chunk = reader.next(7)) {
      REQUIRE(chunk->rows() <= 7);
      for (std::size_t c = 0; c < columns; ++c) {
        CHECK(chunk->columns()[c].kind() == table.columns()[c].kind());
        for (Index r = 0; r < chunk->rows(); ++r) {
          // 0 and -0 are told apart only where the whole column is known.
          const std::string a = chunk->columns()[c].text(r);
          const std::string b = table.columns()[c].text(row + r);
          CHECK((a == b || (a == "-0.0" && b == "0.0")));
        }
      }
      row += chunk->rows();
    }
    CHECK(row == rows);
  }
  CHECK(expected.at_end());
}

TEST_CASE("separator, decimal and header are found") {
  const auto found = [](char separator, char decimal, bool header) {
    return CsvDialect{.separator = separator, .decimal = decimal, .header = header};
  };
  CHECK(dialect_of("a,b\n1,2\n") == found(',', '.', true));
  CHECK(dialect_of("a;b\n1,5;2,25\n3;4\n") == found(';', ',', true));
  CHECK(dialect_of("1,5;2,25\n3,1;4,2\n") == found(';', ',', false));
  CHECK(dialect_of("a;b\n1.5;x, y\n") == found(';', '.', true));
  CHECK(dialect_of("a\tb\n1,234\t5\n") == found('\t', '.', true));  // a thousand?
  CHECK(dialect_of("a\tb\n1,234\t0,5\n") == found('\t', ',', true));
  CHECK(dialect_of("name|when\n\"a|b\"|2024-01-01\n\"c,d,e\"|2024-01-02\n") == found('|', '.', true));
  CHECK(dialect_of("\"a, b\";c\n\"x, y\";1\n\"z\";2\n") == found(';', '.', true));
  CHECK(dialect_of("just one\n1\n2\n") == found(',', '.', true));
  CHECK(dialect_of("5.1,3.5,setosa\n4.9,3.0,setosa\n") == found(',', '.', false));
  CHECK(dialect_of("name,city\nann,rome\nbob,oslo\n") == found(',', '.', true));
  CHECK(dialect_of(",price\n0,1.5\n1,2.5\n") == found(',', '.', true));
  CHECK(dialect_of("a,b\n") == found(',', '.', true));
  CHECK(dialect_of("1,2\n") == found(',', '.', false));
  CHECK(dialect_of("done,when\ntrue,2024-01-01\n") == found(',', '.', true));
  CHECK(dialect_of("true,2024-01-01\nfalse,2024-01-02\n") == found(',', '.', false));
  CsvDialect marked = found(',', '.', true);
  marked.byte_order_mark = true;
  CHECK(dialect_of("\xEF\xBB\xBF"
                   "a,b\n1,2\n") == marked);
  // What is given is not looked for.
  CHECK(dialect_of("a,b\n1,2\n", {.separator = ';', .decimal = ',', .header = false}) ==
        found(';', ',', false));
  CHECK(dialect_of("a,b;c\n1,5;2\n", {.decimal = ','}) == found(';', ',', true));
}

TEST_CASE("a first line of a spreadsheet says the separator, and is no row") {
  CHECK(cells(read("sep=;\r\na;b\r\n1,5;x\r\n")) == "1.5|x");
  CHECK(cells(read("\xEF\xBB\xBFsep=|\na|b\n1|x,y\n")) == "1|x,y");
  CHECK(cells(read("sep=;\na,b\n1,x\n", {.separator = ','})) == "1|x");
  CHECK(
      message_of<wick::FormatError>([] { static_cast<void>(read("sep=;\na;b\n1;2\n3\n")); }) ==
      "<memory>: at byte 14: line 4, column 2 (\"b\"): expected 2 fields, as in the first row, the row has 1 "
      "(CsvOptions::fill_short_rows takes the others for missing)");
  CHECK(read("sep=;x\n1;2\n").names().at(0) == "sep=");  // a header
  CHECK(read("sep=\n1\n2\n").names().at(0) == "sep=");
  const wick_tests::TempDir dir;  // which is read twice
  std::ofstream(dir / "sep.csv", std::ios::binary) << "sep=;\na;b\n" << std::string(300, '1') << ";2\nx;3\n";
  wick::CsvReader reader(dir / "sep.csv");
  CHECK(reader.dialect().separator == ';');
  CHECK(reader.next(5)->rows() == 2);
}

TEST_CASE("columns get names: those of the header, unique, or numbers") {
  const auto names = [](std::string_view text, bool header) {
    return read(text, {.header = header}).names();
  };
  using Names = std::vector<std::string>;
  CHECK(names("a,b\n1,2\n", true) == Names{"a", "b"});
  CHECK(names("a,b\n1,2\n", false) == Names{"0", "1"});
  CHECK(names("\"a \"\"b\"\"\",\n1,2\n", true) == Names{"a \"b\"", "Unnamed: 1"});
  CHECK(names("a,a,a.1,a\n1,2,3,4\n", true) == Names{"a", "a.2", "a.1", "a.3"});  // as in pandas
  CHECK(names(",Unnamed: 0,\n1,2,3\n", true) == Names{"Unnamed: 0.1", "Unnamed: 0", "Unnamed: 2"});
}

TEST_CASE("fields are read as RFC 4180 and its kin have them") {
  CHECK(cells(read("a,b\r\n\"x, \"\"y\"\"\",\"two\r\nlines\"\r\n1,2")) == "x, \"y\"|two\r\nlines;1|2");
  CHECK(cells(read("a,b\r1,2\r3,4\r")) == "1|2;3|4");
  CHECK(cells(read("a,b\n\n1,2\n  \n\r\n3,4\n\n")) == "1|2;3|4");  // blank lines
  CHECK(read("a\n1\n\"\"\n2\n").rows() == 3);                      // a field, and missing
  CHECK(cells(read("a,b\n5'10\",x\n", {.quote = '"'})) == "5'10\"|x");
  CHECK(cells(read("a,b\n'x,y',\"\n", {.quote = '\''})) == "x,y|\"");
  CHECK(cells(read("a,b\n\"x,\"\n", {.separator = ',', .quote = '\0'})) == "\"x|\"");
  CHECK(cells(read("a, b\n1, \"x, y\"\n", {.skip_initial_space = true})) == "1|x, y");
  CHECK(cells(read("a,b\n1,\"\"\"\"\n2,\"a\"\"\"\n")) == "1|\";2|a\"");
  CHECK(cells(read("a b\n1 2\n", {.separator = ' '})) == "1|2");
  CHECK(cells(read("a,b,c\n1\n1,2\n", {.fill_short_rows = true})) == "1||;1|2.0|");
  const Table empty = read("a,b\n");
  CHECK(empty.rows() == 0);
  CHECK(kinds(empty) == "text text");
}

TEST_CASE("numbers are rounded to nearest, whatever their length") {
  // Programs print doubles with 17 digits; here are further ones, half-way cases with many digits among them.
  const auto value = [](const std::string& text) {
    return read("x\n" + text + "\n0.5\n", {.header = true})["x"].number(0);
  };
  std::uint64_t state = 1;
  for (int i = 0; i < 300; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const double x = std::bit_cast<double>(state);
    if (!std::isfinite(x)) continue;
    std::array<char, 900> text{};
    const auto shortest = std::to_chars(text.data(), text.data() + text.size(), x).ptr;
    CHECK(same_bits(value(std::string(text.data(), shortest)), x));
    const auto exact =
        std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::scientific, 780).ptr;
    CHECK(same_bits(value(std::string(text.data(), exact)), x));
  }
  CHECK(value("1" + std::string(400, '0') + "e-400") == 1);
  CHECK(value("0." + std::string(400, '0') + "1e401") == 1);
  CHECK(value("1e99999999999999999999") == std::numeric_limits<double>::infinity());
  CHECK(value("-1e-99999999999999999999") == 0);
  CHECK(std::signbit(value("-1e-99999999999999999999")));
  CHECK(value("0e99999999999999999999") == 0);
  CHECK(read("x;y\n-1,5e3;2\n", {.decimal = ','})["x"].number(0) == -1500);
  CHECK(read("x;y\n123456789,12345678901234567890;2\n", {.decimal = ','})["x"].number(0) ==
        123456789.12345679);
}

TEST_CASE("a column has the narrowest kind that holds all of it, wherever in the file that is decided") {
  const auto kind = [](const std::string& first, const std::string& last) {
    std::string text = "x\n";
    for (int i = 0; i < 3000; ++i) text += first + "\n";
    return kinds(read(text + last + "\n", {.header = true}));
  };
  CHECK(kind("1", "2") == "integer");
  CHECK(kind("1", "2.5") == "real");
  CHECK(kind("1", "NA") == "real");
  CHECK(kind("NA", "1") == "real");
  CHECK(kind("NA", "NA") == "real");
  CHECK(kind("NA", "x") == "text");
  CHECK(kind("true", "NA") == "boolean");
  CHECK(kind("true", "1") == "categorical");
  CHECK(kind("1", "true") == "categorical");
  CHECK(kind("2024-01-01", "2024-01-01T12:00") == "date");
  CHECK(kind("2024-01-01", "2024-01-01T12:00Z") == "categorical");  // one zone or the other
  CHECK(kind("2024-01-01", "2023-02-29") == "categorical");
  CHECK(kind("12345678901234567890", "1") == "categorical");  // digits would be lost
  CHECK(kind("12345678901234567890", "1.5") == "real");
  CHECK(kinds(read("x,y\n2024-01-01,1\n", {.find_dates = false})) == "text integer");

  // Texts that were numbers at first are there as they were.
  const Table late = read("x,y\n007,1\n1.50,2\nNA,3\nx,4\n");
  CHECK(cells(late) == "007|1;1.50|2;|3;x|4");
  CHECK(kinds(late) == "text integer");
}

TEST_CASE("texts are categories if they are few and come again") {
  const auto text = [](int different, int rows) {
    std::string result = "x,y\n";
    for (int i = 0; i < rows; ++i)
      result += "name " + std::to_string(i % different) + "," + std::to_string(i) + "\n";
    return result;
  };
  CHECK(kinds(read(text(3, 6))) == "categorical integer");
  CHECK(kinds(read(text(3, 5))) == "text integer");
  CHECK(kinds(read(text(1000, 2000))) == "categorical integer");
  CHECK(kinds(read(text(1001, 4000))) == "text integer");
  CHECK(kinds(read(text(1001, 4000), {.most_categories = 1001})) == "categorical integer");
  // By name, however they come.
  const Table table = read("x\nc\nb\nNA\na\nb\nc\na\n");
  CHECK(table["x"].categories().names == std::vector<std::string>{"a", "b", "c"});
  CHECK(table["x"].categories().codes == std::vector<std::int32_t>{2, 1, -1, 0, 1, 2, 0});
  const Table texts = read(text(1001, 4000));
  CHECK(texts["x"].text(3999) == "name 996");
  CHECK(texts["x"].texts().size() == 4000);
}

TEST_CASE("kinds can be given") {
  const CsvOptions options{.header = true,
                           .kinds = {{"id", ColumnKind::text},
                                     {"n", ColumnKind::real},
                                     {"flag", ColumnKind::boolean},
                                     {"class", ColumnKind::categorical}}};
  const Table table = read("id,n,flag,class\n007,1,0,3\nNA,12345678901234567890,TRUE,1\n", options);
  CHECK(kinds(table) == "text real boolean categorical");
  CHECK(cells(table) == "007|1.0|False|3;|1.2345678901234567e+19|True|1");
  CHECK(refusal("id,n,flag,class\n1,1,0,3\n2,\"x\ny\",1,1\n", options) ==
        "<memory>: at byte 27: line 3, column 2 (\"n\"): expected a number, got \"x\\ny\"");
  CHECK(contains(refusal("id,n,flag,class\n1,1,yes,3\n", options),
                 "(\"flag\"): expected true or false, got \"yes\""));
  CHECK(contains(refusal("d\nNA\n", {.header = true, .kinds = {{"d", ColumnKind::integer}}}),
                 "line 2, column 1 (\"d\"): expected an integer of 64 bits, got \"NA\""));
  CHECK(contains(refusal("d\n1\n", {.header = true, .kinds = {{"d", ColumnKind::date}}}),
                 "expected a date such as"));
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(read("a,b\n1,2\n", {.kinds = {{"c", ColumnKind::text}}}));
        }) == "CsvOptions::kinds: <memory> has no column \"c\"; there is \"a\", \"b\"");
  CHECK(kinds(read("a,b\n1,2\n", {.kinds = {{"a", ColumnKind::text}, {"c", ColumnKind::text}},
                                  .absent_kinds = true})) == "text integer");
}

TEST_CASE("missing values are those of the list") {
  CHECK(cells(read("x,y\n-999,1\n5,?\n", {.missing = {"-999", "?"}})) == "|1.0;5.0|");
  CHECK(kinds(read("x,y\nNA,1\nNA,2\n", {.missing = {}})) == "categorical integer");
  CHECK(read("x,y\n\"NA\",1\n", {.header = true})["x"].is_missing(0));  // quoted or not
  CHECK(kinds(read("x\n1\nnan\n", {.missing = {}})) == "text");
}

TEST_CASE("every defect is refused with its place") {
  CHECK(refusal("a,b\n1,2\n3,4,5\n") ==
        "<memory>: at byte 12: line 3, column 3: expected 2 fields, as in the first row, the row has 3; does "
        "the header lack "
        "the name of a column?");
  CHECK(
      refusal("a,b\n1,2\n3\n") ==
      "<memory>: at byte 8: line 3, column 2 (\"b\"): expected 2 fields, as in the first row, the row has 1 "
      "(CsvOptions::fill_short_rows takes the others for missing)");
  CHECK(refusal("a,b\n\"x\ny\",\"z\n1,2\n") ==
        "<memory>: at byte 10: line 3, column 2: the quote is not closed");
  CHECK(refusal("a,b\n\"x\n\"y,2\n") ==
        "<memory>: at byte 8: line 3, column 1: expected \",\" or the end of the line behind a closing "
        "quote, got \"y,2\\n\"; a "
        "quote within a quoted field is written twice");
  CHECK(refusal("a,b\n1,\xfc\n") ==
        "<memory>: at byte 6: line 2: expected UTF-8, got \"\\xfc\"; is the text in another "
        "encoding, such as Latin-1? Save it as UTF-8 then");
  CHECK(refusal("a,b\n1,\xe2\x82") ==
        "<memory>: at byte 6: line 2: expected UTF-8, got \"\\xe2\"; is the text in another "
        "encoding, such as Latin-1? Save it as UTF-8 then");
  CHECK(contains(refusal("a,b\n1,\xed\xa0\x80\n"), "at byte 6: line 2: expected UTF-8"));  // a surrogate
  CHECK(contains(refusal("\xff\xfe"
                         "a\0,\0"s),
                 "this is UTF-16, save it as UTF-8"));
  CHECK(refusal("a,b\n1,\0\n"s) ==
        "<memory>: at byte 6: line 2: expected UTF-8, got a zero byte: is the file UTF-16, or not a text?");
  CHECK(contains(refusal("\x1f\x8b\x08\0\0"s), "this is a gzip file; unpack it first"));
  CHECK(contains(refusal("PK\x03\x04\xff"), "this is a zip archive"));
  for (const char* nothing : {"", "\n", " \n\r\n", "\xEF\xBB\xBF"}) {
    CHECK(refusal(nothing) == "<memory>: expected rows of fields, the file has none");
  }
  CHECK(contains(refusal("a,b,c\n1,2,3\n", {.most_columns = 2}), "more columns than the limit of 2"));
  CHECK(contains(
      refusal("a\n\"" + std::string(3'000'000, 'x'), {.most_row_bytes = 1'000'000}),
      "the row has more than 1000000 bytes, the limit (CsvOptions::most_row_bytes); is a quote not closed?"));
  CHECK(message_of<wick::FileError>([] { static_cast<void>(wick::read_csv("/no such folder/x.csv")); }) ==
        "/no such folder/x.csv: cannot open: No such file or directory");
}

TEST_CASE("options that cannot be are refused") {
  CHECK(option_refusal({.separator = '\n'}) ==
        "CsvOptions: separator must be a tab, a space or a punctuation mark that no number has, got \"\\n\"");
  CHECK(contains(option_refusal({.separator = '1'}), "separator must be"));
  CHECK(contains(option_refusal({.decimal = ';'}), "decimal must be \".\" or \",\", got \";\""));
  CHECK(contains(option_refusal({.separator = ',', .decimal = ','}), "must differ"));
  CHECK(contains(option_refusal({.separator = '"'}), "separator and quote must differ"));
  CHECK(contains(option_refusal({.quote = 'x'}), "quote must be a punctuation mark"));
  CHECK(contains(option_refusal({.most_columns = 0}), "most_columns must be >= 1"));
  CsvReader reader(std::as_bytes(std::span("a\n1\n").first(4)));
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(reader.next(0)); }) ==
        "CsvReader::next: rows must be >= 1, got 0");
}

TEST_CASE("files and streams give what memory gives, also where rows and characters lie across pieces") {
  // Rows of every length around the size of the pieces, quoted line breaks and characters of several bytes.
  std::string text = "a,b,c\n";
  std::string expected;
  for (int i = 0; i < 40'000; ++i) {
    const std::string word = i % 3 == 0 ? "ü" : i % 3 == 1 ? "日\r\n本" : "\"\"";
    text += std::to_string(i) + ",\"" + word + std::string(static_cast<std::size_t>(i % 17), 'x') + "\"," +
            std::to_string(i * 0.5) + (i % 5 == 0 ? "\r\n" : "\n");
  }
  text += "40000,\"" + std::string(700'000, 'y') + "\",1";
  const Table table = read(text);
  REQUIRE(table.rows() == 40'001);
  for (const int i : {0, 1, 2, 12'345, 39'999}) {
    const std::string word = i % 3 == 0 ? "ü" : i % 3 == 1 ? "日\r\n本" : "\"";
    CHECK(table["b"].text(i) == word + std::string(static_cast<std::size_t>(i % 17), 'x'));
    CHECK(table["a"].integers()[static_cast<std::size_t>(i)] == i);
    CHECK(table["c"].reals()[static_cast<std::size_t>(i)] == i * 0.5);
  }
  CHECK(table["b"].text(40'000).size() == 700'000);

  const wick_tests::TempDir dir;
  wick_tests::write_bytes(dir / u8"größe.csv", std::as_bytes(std::span(text)));
  const std::string all = cells(table);
  CHECK(cells(wick::read_csv(dir / u8"größe.csv")) == all);
  std::istringstream in(text);
  CHECK(cells(wick::read_csv(in)) == all);

  // The line of a fault is right behind all that.
  const std::string message = refusal(text + "\n1,2\n", {.header = true});
  CHECK(contains(message, ": line 53336, column 3 (\"c\"): expected 3 fields"));
}

TEST_CASE("a stream is read in chunks whose kinds are those of its first rows") {
  std::string text = "n,word,flag\n";
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + ",w" + std::to_string(i % 2) + ",true\n";
  std::istringstream in(text);
  CsvReader reader(in, {.kinds = {{"word", ColumnKind::categorical}}});
  REQUIRE(reader.columns().size() == 3);
  CHECK(reader.columns()[0].kind == ColumnKind::real);
  CHECK(reader.columns()[0].name == "n");
  CHECK(reader.columns()[2].kind == ColumnKind::boolean);
  Index rows = 0;
  while (const auto chunk = reader.next(7000)) {
    CHECK(chunk->numbers<double>().shape() == wick::Shape{chunk->rows(), 2});
    CHECK((*chunk)["n"].reals()[0] == static_cast<double>(rows));
    CHECK((*chunk)["word"].categories().names == std::vector<std::string>{"w0", "w1"});
    rows += chunk->rows();
  }
  CHECK(rows == 20'000);
  CHECK(!reader.next(1));

  std::istringstream late(text + "x,w0,true\n");
  CsvReader strict(late);
  CHECK(contains(message_of<wick::FormatError>([&] {
                   while (strict.next(1000)) {
                   }
                 }),
                 "<stream>: at byte 268902: line 20002, column 1 (\"n\"): expected a number, got \"x\"; the "
                 "kind of the column "
                 "is that of the rows before, CsvOptions::kinds can name another"));
}

TEST_CASE("reading takes little more memory than the table has") {
  std::string text = "a,b,c\n";
  for (int i = 0; i < 400'000; ++i)
    text += std::to_string(1'000'000 + i) + "," + std::to_string(i % 1000) + ".25,word\n";
  const wick_tests::TempDir dir;
  wick_tests::write_bytes(dir / "x.csv", std::as_bytes(std::span(text)));
  Table table;
  const auto cost = wick_tests::cost_of([&] { table = wick::read_csv(dir / "x.csv"); });
  CHECK(table.rows() == 400'000);
  const std::uint64_t result = 400'000 * (8 + 8 + 4);
  CHECK(cost.bytes < result * 11 / 10 + 400'000);
  // In chunks it does not depend on the size of the file.
  const auto in_chunks = wick_tests::cost_of([&] {
    CsvReader reader(dir / "x.csv");
    Index rows = 0;
    while (const auto chunk = reader.next(1000)) rows += chunk->rows();
    CHECK(rows == 400'000);
  });
  CHECK(in_chunks.bytes < 1'000'000);
}

TEST_CASE("time and memory are in proportion to the file, whatever is in it") {
  const auto cost = [](const std::string& text, const CsvOptions& options = {}) {
    return wick_tests::cost_of([&] {
      try {
        static_cast<void>(read(text, options));
      } catch (const wick::FormatError&) {
      }
    });
  };
  const std::string megabyte(1 << 20, ',');
  const std::vector<std::string> files{megabyte,                            // a million columns
                                       std::string(60'000, ',') + "\n1\n",  // many, and a row that lacks them
                                       "a\n" + std::string(1 << 20, '"'),   // quotes alone
                                       "a\n\"" + std::string(1 << 20, '\n'),  // one that is not closed
                                       "x\n" + std::string(1 << 20, '1'),     // a long number
                                       "x\n0." + std::string(1 << 20, '0') + "1e5\n",  // another one
                                       std::string(1 << 20, '\n') + "a\n1\n",          // blank lines
                                       "a\n" + std::string(1 << 19, '1').replace(1, 1 << 19, [] {
                                         std::string rows;
                                         while (rows.size() < 1 << 19) rows += "\n1";
                                         return rows;
                                       }())};
  for (std::size_t i = 0; i < files.size(); ++i) {
    CAPTURE(i);
    const auto taken = cost(files[i]);
    CHECK(taken.bytes < 40'000'000);
    CHECK(taken.seconds < 2);
  }
}
