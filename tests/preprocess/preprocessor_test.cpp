#include <wick/preprocess/preprocessor.hpp>

#include "support/allocations.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using wick::Cell;
using wick::Column;
using wick::ColumnOptions;
using wick::Imputation;
using wick::Index;
using wick::PreprocessOptions;
using wick::Preprocessor;
using wick::Row;
using wick::Scaling;
using wick::Table;
using wick::Tensor;
using wick::Treatment;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// 2024-02-29 was a Thursday.
constexpr std::int64_t day = 86'400'000'000;
constexpr std::int64_t leap_day = 19'782 * day;

Scaling scaling_called(const std::string& name) {
  for (const Scaling scaling :
       {Scaling::none, Scaling::standard, Scaling::min_max, Scaling::robust, Scaling::robust_clipped,
        Scaling::quantile_uniform, Scaling::quantile_normal, Scaling::log}) {
    if (name_of(scaling) == name) return scaling;
  }
  FAIL("no scaling is called " << name);
  return Scaling::none;
}

Table of(std::string name, wick::Column::Values values) {
  return Table({Column(std::move(name), std::move(values))});
}
// Texts as categories, "" for a missing one.
wick::Categories categories(const std::vector<std::string>& texts) {
  wick::Categories result;
  for (const std::string& text : texts) {
    auto at = std::find(result.names.begin(), result.names.end(), text);
    if (at == result.names.end() && !text.empty()) at = result.names.insert(at, text);
    result.codes.push_back(text.empty() ? -1 : static_cast<std::int32_t>(at - result.names.begin()));
  }
  return result;
}
wick::Texts texts(const std::vector<std::string>& all) {
  wick::Texts result;
  for (const std::string& text : all) text.empty() ? result.add_missing() : result.add(text);
  return result;
}

std::vector<double> doubles(wick_tests::Fixture& file, std::size_t count) {
  std::vector<double> result(count);
  for (double& x : result) x = file.get<double>();
  return result;
}
std::vector<std::string> some_texts(wick_tests::Fixture& file) {
  std::vector<std::string> result(file.get<std::uint32_t>());
  for (std::string& text : result) text = file.text();
  return result;
}
// 1e-12 of the greatest number around.
bool close(double a, double b) { return std::abs(a - b) <= 1e-12 * (1 + std::abs(b)); }

Table houses() {
  return Table(
      {Column("price", wick::Reals{{395.5, 512, missing, 288.25}}),
       Column("rooms", wick::Integers{{3, 5, 4, 2}}),
       Column("town", categories({"Oslo", "Rome", "Oslo", "Bonn"})),
       Column("sold on", wick::Dates{{leap_day, leap_day + day, leap_day + 5 * day, wick::Dates::missing}}),
       Column("garden", wick::Booleans{{1, 0, 1, 0}}), Column("remark", texts({"a", "b", "", "c"}))});
}

std::string refusal(const Table& table, const PreprocessOptions& options) {
  return message_of<wick::OptionError>([&] { static_cast<void>(Preprocessor::fit(table, options)); });
}

}  // namespace

TEST_CASE("numbers are scaled and imputed as scikit-learn does it") {
  wick_tests::Fixture file("preprocess.bin");
  for (auto columns = file.get<std::uint32_t>(); columns > 0; --columns) {
    const std::string name = file.text();
    CAPTURE(name);
    const auto train = doubles(file, file.get<std::uint32_t>());
    const auto others = doubles(file, file.get<std::uint32_t>());
    for (auto scalings = file.get<std::uint32_t>(); scalings > 0; --scalings) {
      const std::string scaling = file.text();
      CAPTURE(scaling);
      const auto fitted =
          Preprocessor::fit(of(name, wick::Reals{train}),
                            {.scaling = scaling_called(scaling), .indicators = false, .quantiles = 30});
      const auto got = fitted.transform<double>(of(name, wick::Reals{others}));
      const auto expected = doubles(file, others.size());
      for (std::size_t i = 0; i < others.size(); ++i) {
        CAPTURE(others[i]);
        CAPTURE(expected[i]);
        CHECK(close(got.data()[i], expected[i]));
      }
    }
    for (const Imputation imputation : {Imputation::mean, Imputation::median, Imputation::most_frequent}) {
      const auto fitted =
          Preprocessor::fit(of(name, wick::Reals{train}),
                            {.scaling = Scaling::none, .imputation = imputation, .indicators = false});
      const double expected = file.get<double>();
      CHECK(std::abs(fitted.transform<double>(Row{{name, std::nullopt}}).item() - expected) <=
            1e-12 * std::abs(expected));
    }
  }
  for (auto columns = file.get<std::uint32_t>(); columns > 0; --columns) {
    const auto train = some_texts(file);
    const auto others = some_texts(file);
    const auto width = static_cast<Index>(file.get<std::uint32_t>());
    const auto fitted = Preprocessor::fit(of("town", categories(train)),
                                          {.categories = Treatment::one_hot, .most_one_hot = 0});
    REQUIRE(fitted.features() == width);
    const Table asked = of("town", categories(others));
    CHECK(fitted.transform<double>(asked) ==
          file.tensor<double>(wick::Shape{static_cast<Index>(others.size()), width}));
    const auto ordinal = Preprocessor::fit(of("town", categories(train)), {.scaling = Scaling::none,
                                                                           .imputation = Imputation::constant,
                                                                           .constant = -1,
                                                                           .indicators = false,
                                                                           .categories = Treatment::ordinal});
    const auto places = ordinal.transform<double>(asked);
    for (const double place : places.span()) {
      const double expected = file.get<double>();
      CHECK(place == (std::isnan(expected) ? -1 : expected));
    }
  }
  CHECK(file.at_end());
}

TEST_CASE("each kind of column has features of its own") {
  const Table table = houses();
  const auto fitted = Preprocessor::fit(table, {.scaling = Scaling::none});
  CHECK(fitted.feature_names() == std::vector<std::string>{"price", "price missing", "rooms", "town=Bonn",
                                                           "town=Oslo", "town=Rome", "sold on days",
                                                           "sold on month", "sold on day", "sold on weekday",
                                                           "sold on missing", "garden=True"});
  CHECK(fitted.features() == 12);
  CHECK(fitted.embeddings().empty());
  CHECK(fitted.transform<double>(table) ==
        Tensor<double>::from({{395.5, 0, 3, 0, 1, 0, 19782, 2, 29, 3, 0, 1},
                              {512, 0, 5, 0, 0, 1, 19783, 3, 1, 4, 0, -1},
                              {395.5, 1, 4, 0, 1, 0, 19787, 3, 5, 1, 0, 1},
                              {288.25, 0, 2, 1, 0, 0, 19783, 3, 5, 3, 1, -1}}));
  REQUIRE(fitted.ignored().size() == 1);
  CHECK(fitted.ignored()[0] == wick::IgnoredColumn{"remark", "text"});
  CHECK(fitted.columns()[2] ==
        wick::InputColumn{
            "town", wick::ColumnKind::categorical, Treatment::one_hot, 3, 3, {"Bonn", "Oslo", "Rome"}});
  CHECK(fitted.describe() ==
        "12 features\n"
        "price    number, none, says what is missing -> 0-1\n"
        "rooms    number, none -> 2\n"
        "town     one_hot, 3 categories -> 3-5\n"
        "sold on  date, none, says what is missing -> 6-10\n"
        "garden   one_hot, 2 categories -> 11\n"
        "remark   ignored: text\n");
  // Features of an embedding are the last, whatever the order of the columns.
  const auto embedded = Preprocessor::fit(table, {.most_one_hot = 2, .leave_out = {"price"}});
  REQUIRE(embedded.embeddings().size() == 1);
  CHECK(embedded.embeddings()[0] == wick::EmbeddedColumn{"town", 7, 4});
  CHECK(embedded.transform(Row::of(table, 1)).at(0, 7) == 3);
  CHECK(embedded.columns().back().name == "town");
}

TEST_CASE("a category that is missing or not known") {
  const Table with = of("town", categories({"Oslo", "", "Rome", "Oslo"}));
  const Table without = of("town", categories({"Oslo", "Rome", "Bonn"}));
  const auto features = [](const Preprocessor& fitted, Cell cell) {
    const auto x = fitted.transform(Row{{"town", std::move(cell)}});
    return std::vector<float>(x.span().begin(), x.span().end());
  };
  const auto three = Preprocessor::fit(with);
  CHECK(three.feature_names() == std::vector<std::string>{"town=Oslo", "town=Rome", "town missing"});
  CHECK(features(three, std::nullopt) == std::vector<float>{0, 0, 1});
  CHECK(features(three, "Paris") == std::vector<float>{0, 0, 0});
  const auto sign = Preprocessor::fit(of("town", categories({"Oslo", "Rome"})));
  CHECK(features(sign, "Oslo") == std::vector<float>{-1});
  CHECK(features(sign, "Rome") == std::vector<float>{1});
  CHECK(features(sign, std::nullopt) == std::vector<float>{0});
  const auto table_of = [&](const Table& table) {
    return Preprocessor::fit(table, {.categories = Treatment::embedding});
  };
  CHECK(table_of(with).embeddings()[0].categories == 4);
  CHECK(features(table_of(with), std::nullopt) == std::vector<float>{3});
  CHECK(features(table_of(with), "Paris") == std::vector<float>{0});
  CHECK(table_of(without).embeddings()[0].categories == 4);
  CHECK(features(table_of(without), std::nullopt) == std::vector<float>{0});
  CHECK(features(table_of(without), "Rome") == std::vector<float>{3});
  // What few rows have is not known; an order is what is known.
  const auto frequent = Preprocessor::fit(of("town", categories({"a", "b", "a", "c", "c"})), {.fewest = 2});
  CHECK(frequent.columns()[0].categories == std::vector<std::string>{"a", "c"});
  const auto ordered = Preprocessor::fit(
      of("town", texts({"low", "high", "mid", "low"})),
      {.scaling = Scaling::none,
       .columns = {{"town", {.treatment = Treatment::ordinal, .order = {"low", "mid", "high"}}}}});
  CHECK(features(ordered, "high") == std::vector<float>{2});
  CHECK(features(ordered, "none") == std::vector<float>{0.5F});  // the median, as for a missing one
  // Whole numbers as categories are in the order of their size.
  const auto whole = Preprocessor::fit(of("town", wick::Integers{{10, 9, 100}}),
                                       {.columns = {{"town", {.treatment = Treatment::one_hot}}}});
  CHECK(whole.columns()[0].categories == std::vector<std::string>{"9", "10", "100"});
  CHECK(features(whole, 10.0) == std::vector<float>{0, 1, 0});
  CHECK(features(whole, "10") == std::vector<float>{0, 1, 0});
  CHECK(features(whole, 10.5) == std::vector<float>{0, 0, 0});
}

TEST_CASE("what is the same in all training rows makes no feature") {
  Table table({Column("x", wick::Reals{{1, 2, 3, 4}}), Column("same", wick::Reals{{7, 7, 7, 8}}),
               Column("some missing", wick::Reals{{7, missing, 7, 8}}),
               Column("none", wick::Reals{{missing, missing, missing, 1}}),
               Column("yes", wick::Booleans{{1, 1, 1, 0}}),
               Column("town", categories({"a", "a", "a", "b"}))});
  const std::vector<Index> rows{0, 1, 2};
  const auto fitted = Preprocessor::fit(table, rows);
  CHECK(fitted.feature_names() == std::vector<std::string>{"x", "some missing missing"});
  CHECK(fitted.ignored().size() == 4);
  CHECK(fitted.ignored()[0].why == "the same in all training rows");
  CHECK(fitted.ignored()[1].why == "missing in all training rows");
  CHECK(contains(refusal(of("same", wick::Reals{{7, 7}}), {}),
                 "no column makes a feature; \"same\": the same"));
}

TEST_CASE("statistics are those of the training rows alone") {
  const Table table = houses();
  const std::vector<Index> rows{1, 0};
  const auto changed = [&](Index row) {
    Table other;
    for (const Column& column : table.columns()) {
      std::vector<Index> order{0, 1, 2, 3};
      order[static_cast<std::size_t>(row)] = 3 - row;  // another row's values
      other.add(column.take(order));
    }
    return other;
  };
  for (const Scaling scaling : {Scaling::standard, Scaling::min_max, Scaling::robust, Scaling::robust_clipped,
                                Scaling::quantile_uniform, Scaling::quantile_normal, Scaling::log}) {
    const PreprocessOptions options{.scaling = scaling, .most_one_hot = 1};
    const std::string fitted = Preprocessor::fit(table, rows, options).json();
    CHECK(Preprocessor::fit(changed(2), rows, options).json() == fitted);
    CHECK(Preprocessor::fit(changed(3), rows, options).json() == fitted);
    CHECK(Preprocessor::fit(changed(0), rows, options).json() != fitted);
    CHECK(Preprocessor::fit(table.take(rows), options).json() == fitted);
  }
}

TEST_CASE("rows by name, and columns of another kind") {
  const Table table = houses();
  const auto fitted = Preprocessor::fit(table);
  const auto expected = fitted.transform(table);
  Tensor<float> row(wick::Shape{1, fitted.features()});
  for (Index i = 0; i < table.rows(); ++i) {
    fitted.transform_out(Row::of(table, i), row.view());
    CHECK(row == Tensor<float>(expected.rows(i, i + 1)));
  }
  const Row named = Row::of(table, 0);
  CHECK(wick_tests::allocations_in([&] { fitted.transform_out(named, row.view()); }) == 0);
  // The same values as texts, in another order.
  Table as_texts({Column("garden", texts({"True", "False", "True", "False"})),
                  Column("sold on", texts({"2024-02-29", "2024-03-01", "2024-03-05T00:00", ""})),
                  Column("town", texts({"Oslo", "Rome", "Oslo", "Bonn"})),
                  Column("rooms", wick::Reals{{3, 5, 4, 2}}),
                  Column("price", texts({"395.5", "512", "", "288.25"}))});
  CHECK(fitted.transform(as_texts) == expected);
  CHECK(fitted.transform(table.take(std::vector<Index>{})).shape() == wick::Shape{0, fitted.features()});
}

TEST_CASE("what a cell or a table lacks is said") {
  const Table table = houses();
  const auto fitted = Preprocessor::fit(table, {.leave_out = {"garden"}});
  CHECK(message_of<wick::IndexError>([&] {
          static_cast<void>(fitted.transform(of("rooms", wick::Integers{{1}})));
        }) == "Preprocessor: expected a column \"price\"; there is \"rooms\"");
  CHECK(message_of<wick::IndexError>([&] {
          static_cast<void>(fitted.transform(Row{{"price", 3}}));
        }) == "Preprocessor: expected a value \"rooms\" in the row; there is \"price\"");
  const auto refused = [&](const char* name, Cell cell) {
    Row row = Row::of(table, 0);
    row.set(name, std::move(cell));
    return message_of<wick::OptionError>([&] { static_cast<void>(fitted.transform(row)); });
  };
  CHECK(refused("price", "cheap") == "Preprocessor: column \"price\": expected a number, got \"cheap\"");
  const auto with_garden = Preprocessor::fit(table.select(std::vector<std::string>{"garden"}));
  const auto garden = [&](Cell cell) {
    return with_garden.transform(Row{{"garden", std::move(cell)}}).item();
  };
  CHECK(garden("TRUE") == 1);
  CHECK(garden("false") == -1);
  CHECK(garden(1) == 1);
  CHECK(garden(0.0) == -1);
  CHECK(garden(std::nullopt) == 0);
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(garden("yes")); }) ==
        "Preprocessor: column \"garden\": expected true or false, got \"yes\"");
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(garden(2)); }) ==
        "Preprocessor: column \"garden\": expected true or false, got 2");
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(with_garden.transform(of("garden", categories({"true", "no"}))));
        }) == "Preprocessor: column \"garden\", row 1: expected true or false, got \"no\"");
  CHECK(refused("price", infinity) == "Preprocessor: column \"price\": expected a finite number, got inf");
  CHECK(refused("rooms", wick::Date{0}) ==
        "Preprocessor: column \"rooms\": expected a number, got 1970-01-01");
  CHECK(refused("town", wick::Date{0}) ==
        "Preprocessor: column \"town\": expected a category, got 1970-01-01");
  CHECK(refused("sold on", "29.2.2024") ==
        "Preprocessor: column \"sold on\": expected a date such as 2024-02-29, got \"29.2.2024\"");
  const auto rooms = Preprocessor::fit(table.select(std::vector<std::string>{"rooms"}));
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(rooms.transform(of("rooms", texts({"3", "many\x1b"}))));
        }) == "Preprocessor: column \"rooms\", row 1: expected a number, got \"many\\x1b\"");
  Tensor<float> small(wick::Shape{2, 1});
  CHECK_THROWS_AS(rooms.transform_out(table, small.view()), wick::ShapeError);
  CHECK_THROWS_AS(rooms.transform_out(Row{{"rooms", 1}}, small.view()), wick::ShapeError);
}

TEST_CASE("options out of range are refused") {
  const Table table = houses();
  CHECK(contains(refusal(table, {.categories = Treatment::number}), "categories must be automatic"));
  CHECK(contains(refusal(table, {.fewest = 0}), "fewest must be >= 1, got 0"));
  CHECK(contains(refusal(table, {.quantiles = 1}), "quantiles must be 2 to 65536, got 1"));
  CHECK(contains(refusal(table, {.constant = infinity}), "constant must be finite, got inf"));
  CHECK(contains(refusal(table, {.leave_out = {"prize"}}),
                 "leave_out names \"prize\", the table has no such column"));
  CHECK(contains(refusal(table, {.columns = {{"prize", {}}}}), "columns names \"prize\""));
  CHECK(contains(refusal(table, {.columns = {{"town", {.order = {"a", "a"}}}}}),
                 "order of \"town\" has \"a\" twice"));
  CHECK(contains(refusal(table, {.columns = {{"town", {.treatment = Treatment::number}}}}),
                 "column \"town\", row 0: expected a number, got \"Oslo\""));
  CHECK(contains(refusal(table, {.columns = {{"rooms", {.treatment = Treatment::date}}}}),
                 "column \"rooms\", row 0: expected a date such as 2024-02-29, got 3"));
  CHECK(
      contains(refusal(of("x", wick::Reals{{1, infinity}}), {}), "row 1: expected a finite number, got inf"));
  CHECK(
      contains(refusal(of("x", wick::Reals{{-1e308, 1e308}}), {}), "expected numbers that double can scale"));
  CHECK(contains(refusal(of("x", wick::Reals{{1e308, 1.5e308, missing}}),
                         {.scaling = Scaling::robust, .imputation = Imputation::mean}),
                 "a mean in double"));
  CHECK(contains(refusal(Table(), {}), "expected one training row or more, got none"));
  CHECK(message_of<wick::IndexError>([&] {
          static_cast<void>(Preprocessor::fit(table, std::vector<Index>{0, 4}));
        }) == "Preprocessor: training row 4 is out of range for 4 rows");
}

TEST_CASE("numbers that are far from the training rows stay in the range of the result") {
  const auto none = Preprocessor::fit(of("x", wick::Reals{{0, 1}}), {.scaling = Scaling::none});
  CHECK(none.transform(Row{{"x", 1e300}}).item() == std::numeric_limits<float>::max());
  CHECK(none.transform(Row{{"x", -1e300}}).item() == std::numeric_limits<float>::lowest());
  const auto clipped = Preprocessor::fit(of("x", wick::Reals{{0, 1e-300}}));
  CHECK(clipped.transform(Row{{"x", 1e308}}).item() == 3);
  CHECK(clipped.transform(Row{{"x", -1e308}}).item() == -3);
}

TEST_CASE("JSON brings all of it back") {
  Table table = houses();
  table.add(Column("size", categories({"s", "l", "", "m"})));
  for (const Scaling scaling : {Scaling::robust_clipped, Scaling::quantile_normal}) {
    const PreprocessOptions options{
        .scaling = scaling,
        .most_one_hot = 2,
        .columns = {{"size", {.treatment = Treatment::ordinal, .order = {"s", "m", "l", "\"x\"\n"}}}}};
    const auto fitted = Preprocessor::fit(table, options);
    const auto read = Preprocessor::from_json(fitted.json());
    CHECK(read.json() == fitted.json());
    CHECK(read.transform(table) == fitted.transform(table));
    CHECK(read.describe() == fitted.describe());
    CHECK(read.feature_names() == fitted.feature_names());
  }
}

TEST_CASE("JSON of another program is checked") {
  const Table table = houses();
  const std::string good = Preprocessor::fit(table, {.most_one_hot = 2}).json();
  const auto fault = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const auto at = text.find(from);
    REQUIRE(at != text.npos);
    text.replace(at, from.size(), to);
    return message_of<wick::FormatError>(
        [&] { static_cast<void>(Preprocessor::from_json(text, "model.wick")); });
  };
  CHECK(contains(fault("wick.preprocessor", "wick.other"), "expected the format \"wick.preprocessor\""));
  CHECK(contains(fault("\"version\": 1", "\"version\": 2"), "expected version 1, got 2"));
  CHECK(contains(fault("\"rooms\"", "\"price\""), "the column \"price\" is there twice"));
  CHECK(contains(fault("\"scale\": 1.5", "\"scale\": 0"), "expected a scale above 0"));
  CHECK(contains(fault("\"scale\": 1.5", "\"scale\": 1e999"), "does not fit in a double"));
  CHECK(contains(fault("\"scale\": 1.5", "\"scala\": 1.5"), "the key \"scala\""));
  CHECK(contains(fault(", \"scale\": 1.5", ""), "expected the key \"scale\""));
  CHECK(contains(fault("robust_clipped", "quantile_normal"), "expected 2 to 65536 quantiles"));
  CHECK(contains(fault("robust_clipped", "best"), "expected a scaling of \"none\""));
  CHECK(contains(fault("\"Oslo\"", "\"Rome\""), "categories with \"Rome\" twice"));
  CHECK(contains(fault("[\"Bonn\", \"Oslo\", \"Rome\"]", "[]"), "expected a category"));
  CHECK(contains(fault("\"part\": \"month\"", "\"part\": \"day\""), "different parts of a date"));
  CHECK(contains(fault("\"embedding\"", "\"number\""), "expected no categories"));
  CHECK(
      contains(fault("\"treatment\": \"date\"", "\"treatment\": \"number\""), "expected no part of a date"));
  CHECK(contains(fault("{\"format\"", "[{\"format\""), "model.wick: at byte 0: expected a preprocessor"));
  // Cut off anywhere, or with a character changed: an error, or something that can be used.
  std::size_t usable = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    CHECK_THROWS_AS(static_cast<void>(Preprocessor::from_json(std::string_view(good).substr(0, i))),
                    wick::FormatError);
    std::string text = good;
    text[i] = text[i] == '1' ? '2' : '1';
    try {
      const auto read = Preprocessor::from_json(text);
      CHECK(static_cast<Index>(read.feature_names().size()) == read.features());
      ++usable;
    } catch (const wick::FormatError&) {
    }
  }
  CHECK(usable > 100);
}
