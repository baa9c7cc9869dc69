// A reader in Python, written from docs/tables.md alone, makes the same features of a CSV file.

#include "support/files.hpp"

#include <wick/preprocess/preprocessor.hpp>
#include <wick/table/csv.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace fs = std::filesystem;

using wick::Index;
using wick::PreprocessOptions;
using wick::Preprocessor;
using wick::Scaling;
using wick::Treatment;

namespace {

#if defined(_WIN32)
constexpr const char* python = "python";
constexpr const char* nowhere = "nul";
#else
constexpr const char* python = "python3";
constexpr const char* nowhere = "/dev/null";
#endif

bool run(const std::string& arguments, const std::string& out) {
  return std::system((std::string(python) + " " + arguments + " > \"" + out + "\"").c_str()) == 0;
}

// Rows with values of every kind, of which some are missing.
std::string rows(int count) {
  const auto pick = [](int i, int of, const char* const* from) { return std::string(from[i % of]); };
  constexpr const char* towns[] = {"Oslo", "Rome", "\"Bonn, old\"", "NA", "\xC3\x84lta"};
  constexpr const char* truths[] = {"true", "false", "False"};
  constexpr const char* times[] = {"", "T06:30", "T23:59:59.5"};
  std::string text = "income,age,town,member,since,grade,code\n";
  for (int i = 0; i < count; ++i) {
    const int mixed = i * 37 % 101;
    text += (mixed % 9 == 0 ? std::string() : std::to_string(mixed * mixed * 0.37 - 500)) + "," +
            std::to_string(mixed % 60 + 18) + "," + pick(mixed, 5, towns) + "," + pick(mixed / 3, 3, truths) +
            ",";
    if (mixed % 11 != 0) {
      text += std::to_string(1950 + mixed) + "-0" + std::to_string(mixed % 9 + 1) + "-1" +
              std::to_string(mixed % 10) + pick(mixed, 3, times);
    }
    text += std::string(",") + "abc"[mixed % 3] + "," + std::to_string(mixed % 4) + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a file of which the columns look like others is read under the kinds of the first") {
  const auto read = [](std::string_view text, const wick::CsvOptions& options = {}) {
    return wick::read_csv(std::as_bytes(std::span(text)), options);
  };
  const wick::Table table =
      read("code,rooms,on\n007,1,2024-01-01\nA,2,2024-01-02\n007,4,2024-01-04\nA,1,2024-01-02\n");
  const auto fitted = Preprocessor::fit(table);
  const std::string_view rows = "code,rooms,on\n007,,\n";
  CHECK(fitted.transform(read(rows)).at(0, 0) == 0);  // not known: the integer 7
  CHECK(fitted.transform(read(rows, {.kinds = fitted.kinds_to_read()})).at(0, 0) == -1);
}

TEST_CASE("a Python reader written from the document makes the same features") {
  if (!run("--version", nowhere)) {
    MESSAGE("skipped: there is no " << python);
    return;
  }
  const wick_tests::TempDir dir;
  const std::string csv = (dir / "rows.csv").string();
  std::ofstream(csv, std::ios::binary) << rows(80);
  const wick::Table table = wick::read_csv(csv);
  std::vector<Index> training(40);
  for (std::size_t i = 0; i < training.size(); ++i) training[i] = static_cast<Index>(i);
  int number = 0;
  for (const Scaling scaling : {Scaling::none, Scaling::standard, Scaling::min_max, Scaling::robust_clipped,
                                Scaling::quantile_uniform, Scaling::quantile_normal, Scaling::log}) {
    CAPTURE(name_of(scaling));
    PreprocessOptions options{.scaling = scaling, .quantiles = 17};
    options.columns["grade"] = {.treatment = Treatment::ordinal, .order = {"c", "b"}};
    options.columns["code"] = {.treatment = number % 2 == 0 ? Treatment::embedding : Treatment::one_hot};
    const auto fitted = Preprocessor::fit(table, training, options);
    CHECK(fitted.ignored().empty());
    const auto description = (dir / ("description" + std::to_string(number++) + ".json")).string();
    std::ofstream(description, std::ios::binary) << fitted.json();
    const std::string out = (dir / "out.txt").string();
    const fs::path script = fs::path(WICK_TEST_DATA) / "read_preprocessing.py";
    REQUIRE(run("\"" + script.string() + "\" \"" + description + "\" \"" + csv + "\"", out));
    std::ifstream file(out);
    const auto features = fitted.transform(table);
    double worst = 0;
    for (const float x : features.span()) {
      double expected = 0;
      REQUIRE(static_cast<bool>(file >> expected));
      worst = std::max(worst, std::abs(x - expected) / (1 + std::abs(expected)));
    }
    CHECK(worst <= 1e-6);
    CHECK_FALSE(static_cast<bool>(file >> worst));
  }
}
