// wick fit, wick eval, and wick predict for tables.

#include "support/files.hpp"
#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/checksum/sha256.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;

namespace {

/// Houses whose price is a sum, and whose size, a class, says whether they have many rooms.
std::string houses(int rows, const std::string& separator = ",") {
  std::string text = "rooms" + separator + "town" + separator + "price" + separator + "size\n";
  for (int i = 0; i < rows; ++i) {
    const int rooms = 1 + i * 7 % 6;
    text += std::to_string(rooms) + separator + (i % 3 == 0 ? "\"Oslo, east\"" : "Rome") + separator +
            std::to_string(rooms * 100 + i % 3) + ".5" + separator + (rooms > 3 ? "large" : "small") + "\n";
  }
  return text;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}
std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// A folder with a table and a model of one of its columns.
struct Fitted {
  explicit Fitted(const std::string& target, const std::vector<std::string>& more = {}) {
    write(dir / "houses.csv", houses(60));
    std::vector<std::string> arguments{"fit",   "houses.csv", "--target", target,
                                       "--out", "out",        "--time",   "0.3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    result = run_tool(arguments, dir.path());
    INFO(result.err);
    REQUIRE(result.code == 0);
  }
  TempDir dir;
  wick_tests::ProgramResult result;
};

}  // namespace

TEST_CASE("wick fit: a model of numbers, its report, its metrics, and what the other commands make of it") {
  const Fitted fitted("price", {"--export", "safetensors,cpp", "--folds", "2", "--trials", "2"});
  CHECK(contains(fitted.result.out, "houses.csv: 60 rows, 4 columns"));
  CHECK(contains(fitted.result.out, "best of 2 trials"));
  CHECK(contains(fitted.result.out, "fold 2 of 2: RMSE "));
  CHECK(contains(fitted.result.out, "\"price\" is a number; 3 columns make 3 features"));
  CHECK(contains(fitted.result.out,
                 "Written to out: model.wick, report.html, metrics.json, model.safetensors, model.hpp\n"));
  CHECK(contains(read(fitted.dir / "out/model.hpp"), "//   row[\"rooms\"] = 3;"));  // see export_cpp_test
  CHECK(!std::filesystem::exists(fitted.dir / "out/unfinished"));
  const std::string metrics = read(fitted.dir / "out/metrics.json");
  CHECK(contains(metrics, "\"task\": \"regression\""));
  for (const char* split : {"train", "validation", "test"}) {
    CHECK(contains(metrics, "\"" + std::string(split) + "\": {\"rows\": "));
  }
  CHECK(contains(metrics, "\"folds\": [\n    {\"rows\": 30, \"values\": {\"RMSE\": "));
  CHECK(contains(read(fitted.dir / "out/report.html"), "houses.csv"));

  for (const char* model : {"out/model.wick", "out/model.safetensors"}) {
    const auto predicted = run_tool({"predict", model, "houses.csv"}, fitted.dir.path());
    CHECK(predicted.code == 0);
    const auto lines = lines_of(predicted.out);
    REQUIRE(lines.size() == 61);
    CHECK(lines[0] == "price");
    CHECK(std::stod(lines[1]) > 90);
  }
  const auto measured =
      run_tool({"eval", "out/model.wick", "houses.csv", "--target", "price"}, fitted.dir.path());
  CHECK(measured.code == 0);
  CHECK(contains(measured.out, "rows"));
  CHECK(contains(measured.out, "RMSE"));
  const auto json = run_tool({"eval", "--json", "out/model.wick", "houses.csv"}, fitted.dir.path());
  CHECK(contains(json.out, "\"metrics\": {\"rows\": 60, \"values\": {\"RMSE\": "));

  // The rows may come from elsewhere, and the target may have another name there.
  std::string renamed = houses(12, ";");
  renamed.replace(renamed.find("price"), 5, "value");
  write(fitted.dir / "new.csv", renamed);
  CHECK(run_tool({"eval", "out/model.wick", "new.csv", "--target", "value"}, fitted.dir.path()).code == 0);
  CHECK(contains(run_tool({"eval", "out/model.wick", "new.csv"}, fitted.dir.path()).err,
                 "wick eval: Table: no column is called \"price\"; there is \"rooms\", \"town\", \"value\""));
  CHECK(contains(run_tool({"predict", "--proba", "out/model.wick", "new.csv"}, fitted.dir.path()).err,
                 "--proba is for models of classes; this one predicts the number price"));
  write(fitted.dir / "less.csv", "rooms,town\n3,Rome\n");
  CHECK(contains(run_tool({"predict", "out/model.wick", "less.csv"}, fitted.dir.path()).err,
                 "expected a column \"size\"; there is \"rooms\", \"town\""));
  write(fitted.dir / "north.csv", "rooms,town,size\n3,Rome,small\n3,Bergen,small\n3,,small\n3,Bergen,big\n");
  const auto unknown = run_tool({"predict", "out/model.wick", "north.csv"}, fitted.dir.path());
  CHECK(unknown.code == 0);
  CHECK(unknown.err ==
        "wick predict: note: 2 of 4 rows have a category in \"town\" that the model does not know, such as "
        "\"Bergen\"\n"
        "wick predict: note: 1 of 4 rows have a category in \"size\" that the model does not know, such as "
        "\"big\"\n");
  write(fitted.dir / "words.csv", "rooms,town,size\nmany,Rome,large\n");
  CHECK(contains(run_tool({"predict", "out/model.wick", "words.csv"}, fitted.dir.path()).err,
                 "words.csv: at byte 16: line 2, column 1 (\"rooms\"): expected a number, got \"many\""));
}

TEST_CASE("wick predict: categories of digits are those that the model knows, whatever else is in the file") {
  const TempDir dir;
  std::string rows = "code,n,price\n";
  for (int i = 0; i < 60; ++i) {
    rows += (i % 2 == 0 ? "007," : "x9,") + std::to_string(i % 7) + (i % 2 == 0 ? ",500.5\n" : ",100.5\n");
  }
  write(dir / "rows.csv", rows);
  REQUIRE(
      run_tool({"fit", "rows.csv", "--target", "price", "--out", "out", "--time", "0.3"}, dir.path()).code ==
      0);
  write(dir / "both.csv", "code,n\n007,3\nx9,3\n");
  write(dir / "one.csv", "code,n\n007,3\n");
  const auto both = lines_of(run_tool({"predict", "out/model.wick", "both.csv"}, dir.path()).out);
  const auto one = lines_of(run_tool({"predict", "out/model.wick", "one.csv"}, dir.path()).out);
  REQUIRE(both.size() == 3);
  REQUIRE(one.size() == 2);
  // How many rows are multiplied at once decides how sums are rounded.
  CHECK(std::stod(one[1]) == doctest::Approx(std::stod(both[1])).epsilon(1e-5));
  CHECK(std::stod(both[1]) > 300);
  CHECK(std::stod(both[2]) < 300);
}

TEST_CASE("wick eval: classes of digits are those that the model knows, and no column is target and input") {
  const TempDir dir;
  std::string rows = "n,code\n";
  for (int i = 0; i < 60; ++i) rows += std::to_string(i % 7) + (i % 7 < 3 ? ",007\n" : ",x9\n");
  write(dir / "rows.csv", rows);
  REQUIRE(
      run_tool({"fit", "rows.csv", "--target", "code", "--out", "out", "--time", "0.3"}, dir.path()).code ==
      0);
  write(dir / "one.csv", "n,code\n0,007\n1,007\n");
  const auto one = run_tool({"eval", "out/model.wick", "one.csv"}, dir.path());
  CHECK_MESSAGE(one.code == 0, one.err);
  CHECK(contains(run_tool({"eval", "out/model.wick", "one.csv", "--target", "n"}, dir.path()).err,
                 "--target \"n\": the model predicts from this column, its target is \"code\""));
}

#ifndef _WIN32
TEST_CASE("wick fit: what is read once has its hash, and texts can be given that are missing values") {
  const TempDir dir;
  std::string rows = "n,price\n";
  for (int i = 0; i < 60; ++i) {
    rows += (i % 20 == 3 ? "n.a." : std::to_string(i) + ".25") + "," + std::to_string(2 * i) + ".5\n";
  }
  write(dir / "rows.csv", rows);
  const auto with = [&](const std::string& data, const std::string& more) {
    const std::string quoted = '\'' + std::string(WICK_TOOL) + '\'';
    return wick_tests::run_program(
        "/bin/sh",
        {"-c", data + quoted + " fit - --target price --out out --force --time 0.1 --test 0 " + more},
        dir.path());
  };
  const auto fitted = with("cat rows.csv | ", "--missing n.a. --missing ?");
  REQUIRE_MESSAGE(fitted.code == 0, fitted.err);
  CHECK(contains(fitted.out, "1 columns make 2 features"));
  const auto bytes = std::as_bytes(std::span(rows));
  wick::Sha256 hash;
  hash.update(bytes);
  CHECK(contains(read(dir / "out/report.html"), hash.hex()));
  const auto without = with("cat rows.csv | sed 's/^/7,/; 1s/7,/k,/' | ", "");
  CHECK(contains(without.err, "no column makes a feature"));
  CHECK(contains(without.err, "\"n\": text: row 3 is \"n.a.\", which is no number, as most are"));
  CHECK(run_tool({"predict", "out/model.wick", "rows.csv", "--missing", "n.a."}, dir.path()).code == 0);

  // The same rows as JSON, and a short one.
  write(dir / "rows.jsonl", "{\"n\": 3.25}\n{\"n\": null}\n");
  write(dir / "same.csv", "n,price\n3.25,1\nNA\n");
  const auto of_json = run_tool({"predict", "out/model.wick", "rows.jsonl"}, dir.path());
  const auto filled = run_tool({"predict", "--fill-short-rows", "out/model.wick", "same.csv"}, dir.path());
  CHECK(lines_of(of_json.out).size() == 3);
  CHECK(of_json.out == filled.out);
  CHECK(contains(run_tool({"predict", "out/model.wick", "same.csv"}, dir.path()).err,
                 "the row has 1 (--fill-short-rows takes the others for missing)"));
  write(dir / "endless.csv", "n,price\n1,2.5\n" + rows.substr(8) + "inf,3.5\n");
  CHECK(contains(run_tool({"fit", "endless.csv", "--target", "price", "--out", "new", "--missing", "n.a.",
                           "--test", "0"},
                          dir.path())
                     .err,
                 "row 61: expected a finite number, got inf; --missing takes it for a missing one if it is "
                 "named there"));
}

#endif

TEST_CASE("wick fit: where a result cannot be written what was trained stays, and is gone on with") {
  const TempDir dir;
  write(dir / "houses.csv", houses(60));
  std::filesystem::create_directories(dir / "out/report.html/in the way");
  const std::vector<std::string> command{"fit", "houses.csv", "--target", "price",  "--out",
                                         "out", "--time",     "0.2",      "--force"};
  const auto failed = run_tool(command, dir.path());
  CHECK(failed.code == 2);
  CHECK(contains(failed.err, "report.html"));
  CHECK(contains(failed.err, "what was trained is kept in out"));
  CHECK(contains(failed.err, "unfinished; the same command goes on there"));
  REQUIRE(std::filesystem::exists(dir / "out/unfinished/network-1.wick"));
  std::filesystem::remove_all(dir / "out/report.html");
  const auto again = run_tool(command, dir.path());
  CHECK_MESSAGE(again.code == 0, again.err);
  CHECK(contains(again.out, "goes on where it was ended"));
  CHECK(!std::filesystem::exists(dir / "out/unfinished"));
}

#ifndef _WIN32
TEST_CASE("wick fit: Ctrl-C among the trials ends them, and a model is made all the same") {
  const TempDir dir;
  write(dir / "houses.csv", houses(400));
  const std::string tool = '\'' + std::string(WICK_TOOL) + '\'';
  const auto begin = std::chrono::steady_clock::now();
  const auto result = wick_tests::run_program(
      "/bin/sh",
      {"-c",
       tool +
           " fit houses.csv --target price --out out --time 60 --trials 500 > log & until grep -q rows log; "
           "do sleep 0.1; done; sleep 0.5; kill -INT $!; wait $!"},
      dir.path());
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(contains(result.err, "stopped before the model; it is trained for 5 seconds at most"));
  CHECK(std::filesystem::exists(dir / "out/report.html"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}
#endif

TEST_CASE("wick fit: a model of classes") {
  const Fitted fitted("size");
  CHECK(contains(fitted.result.out, "\"size\" is one of 2 classes: \"large\", \"small\""));
  CHECK(contains(read(fitted.dir / "out/metrics.json"), "\"task\": \"binary\""));
  const auto lines = lines_of(run_tool({"predict", "out/model.wick", "houses.csv"}, fitted.dir.path()).out);
  REQUIRE(lines.size() == 61);
  CHECK(lines[0] == "size");
  CHECK((lines[1] == "small" || lines[1] == "large"));
  const auto shares =
      lines_of(run_tool({"predict", "--proba", "out/model.wick", "houses.csv"}, fitted.dir.path()).out);
  REQUIRE(shares.size() == 61);
  CHECK(shares[0] == "large,small");
  const std::size_t comma = shares[1].find(',');
  CHECK(std::stod(shares[1].substr(0, comma)) + std::stod(shares[1].substr(comma + 1)) == doctest::Approx(1));
  CHECK(contains(run_tool({"predict", "--show", "out/model.wick", "houses.csv"}, fitted.dir.path()).err,
                 "--show is for networks of pictures"));
  CHECK(contains(run_tool({"predict", "out/model.wick", "houses.csv", "houses.csv"}, fitted.dir.path()).err,
                 "expected one CSV file with rows to predict, got 2"));
  // Files are not replaced unless that is asked for.
  const std::vector<std::string> again{"fit",   "houses.csv", "--target", "size",
                                       "--out", "out",        "--time",   "0.1"};
  CHECK(contains(run_tool(again, fitted.dir.path()).err,
                 "wick fit: out: there is model.wick already; --force"));
  std::vector<std::string> forced = again;
  forced.push_back("--force");
  CHECK(run_tool(forced, fitted.dir.path()).code == 0);
}

TEST_CASE("wick fit: what cannot be") {
  const TempDir dir;
  write(dir / "houses.csv", houses(60));
  write(dir / "few.csv", houses(5));
  write(
      dir / "one.csv", "a,b\n" + [] {
        std::string rows;
        for (int i = 0; i < 20; ++i) rows += std::to_string(i) + ",yes\n";
        return rows;
      }());
  write(dir / "bytes.csv", std::string("a,b\n\0\1,2\n", 10));
  write(dir / "file", "");
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "fit");
    const auto result = run_tool(arguments, dir.path());
    CHECK(result.code != 0);
    CHECK(!std::filesystem::exists(dir / "out"));
    return result.err;
  };
  CHECK(contains(
      refused({"houses.csv", "--target", "prise", "--out", "out"}),
      "wick fit: Table: no column is called \"prise\"; there is \"rooms\", \"town\", \"price\", \"size\""));
  CHECK(contains(refused({"few.csv", "--target", "price", "--out", "out"}), "expected at least 10 rows"));
  CHECK(contains(refused({"one.csv", "--target", "b", "--out", "out"}),
                 "expected two classes or more, got one"));
  CHECK(contains(refused({"none.csv", "--target", "b", "--out", "out"}), "wick fit: none.csv: cannot open"));
  CHECK(contains(refused({"bytes.csv", "--target", "b", "--out", "out"}), "wick fit: bytes.csv: at byte"));
  CHECK(contains(refused({"houses.csv", "--target", "price", "--out", "file"}),
                 "expected a folder, got a file"));
  CHECK(contains(refused({"houses.csv", "--target", "price", "--out", "out", "--time", "0"}),
                 "--time must be > 0"));
  CHECK(contains(refused({"houses.csv", "--target", "price", "--out", "out", "--test", "1"}),
                 "--test must be in [0, 0.9]"));
  CHECK(contains(refused({"houses.csv", "--target", "price", "--out", "out", "--folds", "1"}), "--folds"));
  CHECK(
      contains(refused({"houses.csv", "--target", "price", "--out", "out", "--export", "onnx"}), "--export"));
  CHECK(
      contains(refused({"houses.csv", "--target", "town", "--out", "out", "--task", "regression"}), "town"));
  CHECK(contains(refused({"houses.csv", "--out", "out"}), "--target"));
  CHECK(contains(run_tool({"eval", "houses.csv", "houses.csv"}, dir.path()).err,
                 "houses.csv: expected a model file"));
}
