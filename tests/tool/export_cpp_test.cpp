#include "support/compare.hpp"
#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/models/network.hpp>
#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::run_program;
using wick_tests::run_tool;
using wick_tests::TempDir;

namespace {

wick::CheckpointExtras with_classes() {
  wick::CheckpointExtras extras;
  extras.metadata = {{"classes", std::vector<std::string>{"a \"b\"", "tr\\ue?", "grün"}},
                     {"normalize.mean", 0.25},
                     {"normalize.std", 0.125}};
  return extras;
}

}  // namespace

TEST_CASE("the exported header compiles without warnings, needs nothing, and predicts as the network") {
  const TempDir dir;
  for (const std::vector<wick::Index>& hidden : std::vector<std::vector<wick::Index>>{{}, {4}, {9, 1, 20}}) {
    CAPTURE(hidden.size());
    wick::Generator generator(7);
    const wick::Network<float> model(6, 3, hidden, {}, generator);
    wick::save_checkpoint(model, dir / "model.pth", with_classes());
    const auto result =
        run_tool({"export-cpp", "--force", "--name", "clothes", "model.pth", "out.hpp"}, dir.path());
    CHECK(result.err.empty());
    REQUIRE(result.code == 0);
    CHECK(contains(result.out, "wrote out.hpp, "));
    CHECK(contains(result.out, "clothes::predict(x, log_probs)"));

    std::ofstream(dir / "main.cpp") << R"(#include "out.hpp"
#include "out.hpp"
#include <cstdio>
int main() {
  const unsigned char pixels[] = {0, 20, 130, 255, 7, 64};
  float x[6];
  for (int i = 0; i < 6; ++i) {
    x[i] = (static_cast<float>(pixels[i]) / 255.0F - clothes::mean) / clothes::std_deviation;
  }
  float y[3];
  clothes::predict(x, y);
  for (const float v : y) std::printf("%.9g\n", static_cast<double>(v));
  std::printf("%d\n", clothes::predict_pixels(pixels, y));
  for (const float v : y) std::printf("%.9g\n", static_cast<double>(v));
  for (const char* name : clothes::class_names) std::printf("%s\n", name);
  return clothes::input_size == 6 && clothes::output_size == 3 ? 0 : 1;
}
)";
    const auto compiled = run_program(WICK_CXX_COMPILER,
                                      {"-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion",
                                       "-Wshadow", "-Werror", "main.cpp", "-o", "program"},
                                      dir.path());
    REQUIRE_MESSAGE(compiled.code == 0, compiled.err);
    const auto run = run_program(dir / "program", {}, dir.path());
    REQUIRE(run.code == 0);

    wick::Tensor<float> x(wick::Shape{1, 6});
    const std::vector<float> pixels{0, 20, 130, 255, 7, 64};
    for (wick::Index i = 0; i < 6; ++i) {
      x.at(0, i) = (pixels[static_cast<std::size_t>(i)] / 255.0F - 0.25F) / 0.125F;
    }
    const wick::Tensor<float> expected = model.predict(x);
    std::istringstream lines(run.out);
    wick::Tensor<float> log_probs(wick::Shape{1, 3});
    wick::Tensor<float> probabilities(wick::Shape{1, 3});
    wick::Index best = -1;
    for (float& v : log_probs.span()) lines >> v;
    lines >> best;
    for (float& v : probabilities.span()) lines >> v;
    REQUIRE(lines);
    CHECK(wick::all_close(log_probs, expected, 1e-5, 1e-6));
    for (wick::Index i = 0; i < 3; ++i) {
      CHECK(std::abs(probabilities.at(0, i) - std::exp(expected.at(0, i))) <= 1e-6F);
      CHECK(expected.at(0, best) >= expected.at(0, i));
    }
    CHECK(contains(run.out, "\na \"b\"\ntr\\ue?\ngrün\n"));
  }
}

namespace {

/// Rows with cells of every kind; behind the fortieth with a town that is new.
std::string rows_of_all_kinds(int rows) {
  std::string text = "rooms,town,colour,\"sold \"\"on\"\"\",garden,price,size\r\n";
  for (int i = 0; i < rows; ++i) {
    const int rooms = 1 + i * 7 % 6;
    text += (i % 9 == 4 ? "" : std::to_string(rooms) + (i % 2 == 0 ? ".25" : "")) + ",\"town, " +
            (i < 40 ? std::to_string(i % 11) : "new") + "\"," +
            (i % 8 == 7   ? "NA"
             : i % 3 == 0 ? "red"
             : i % 3 == 1 ? "blue"
                          : "\"\"\"grey\"\"\"") +
            ",20" + std::to_string(10 + i % 14) + "-0" + std::to_string(1 + i % 9) + "-2" +
            std::to_string(i % 8) + (i % 5 == 0 ? " 12:30:1" + std::to_string(i % 10) + ".5" : "") + "," +
            (i % 4 == 0 ? "true" : "False") + "," + std::to_string(rooms * 100 + i % 3) + ".5," +
            (rooms > 4   ? "large"
             : rooms > 2 ? "middle"
                         : "small") +
            "\r\n";
  }
  return text;
}

/// The numbers of a table with this separator, without its first line if there is one, and without what is no
/// number.
std::vector<double> numbers_in(const std::string& text, bool header) {
  std::vector<double> numbers;
  std::istringstream lines(text);
  std::string line;
  if (header) std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) {
      if (field.find_first_not_of("0123456789.e-+") == std::string::npos) numbers.push_back(std::stod(field));
    }
  }
  return numbers;
}

}  // namespace

TEST_CASE("wick fit --export cpp: the header compiles without warnings, and predicts raw rows") {
  const TempDir dir;
  std::ofstream(dir / "rows.csv", std::ios::binary) << rows_of_all_kinds(40);
  std::ofstream(dir / "more.csv", std::ios::binary) << rows_of_all_kinds(60);
  std::ofstream(dir / "main.cpp")
      << "#define TABLE_MODEL_MAIN\n#include \"model.hpp\"\n#include \"model.hpp\"\n";
  for (const bool classes : {false, true}) {
    const auto fitted =
        run_tool({"fit", "rows.csv", "--target", classes ? "size" : "price", "--out", "out", "--force",
                  "--time", classes ? "0.4" : "0.05", "--test", "0", "--export", "cpp"},
                 dir.path());
    REQUIRE_MESSAGE(fitted.code == 0, fitted.err);
    const auto compiled = run_program(WICK_CXX_COMPILER,
                                      {"-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion",
                                       "-Wshadow", "-Werror", "-I", "out", "main.cpp", "-o", "program"},
                                      dir.path());
    REQUIRE_MESSAGE(compiled.code == 0, compiled.err);
    std::vector<std::string> command{"predict", "out/model.wick", "more.csv"};
    if (classes) command.emplace_back("--proba");
    const auto expected = numbers_in(run_tool(command, dir.path()).out, true);
    const auto run = run_program("/bin/sh", {"-c", "./program < more.csv"}, dir.path());
    REQUIRE_MESSAGE(run.code == 0, run.err);
    const auto got = numbers_in(run.out, false);
    REQUIRE(got.size() == (classes ? 180 : 60));
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      CHECK(std::abs(got[i] - expected[i]) <= 1e-6 * (classes ? 1 : std::abs(expected[i])));
    }
  }
  const std::string header = "rooms,town,colour,\"sold \"\"on\"\"\",garden,price,size\n";
  const auto answer = [&](const std::string& rows) {
    std::ofstream(dir / "own.csv", std::ios::binary) << rows;
    return run_program("/bin/sh", {"-c", "./program < own.csv"}, dir.path());
  };
  const auto wrong = answer(header + "2,x,red,2024-02-29,true,1,\n\nmany,x,red,2024-02-29,true,1,\n");
  CHECK(wrong.code == 1);
  CHECK(contains(wrong.err, "line 4: table_model: column \"rooms\": expected a number, got \"many\""));
  // What is not understood is not predicted from.
  CHECK(contains(answer("rooms;town\n2;x\n").err,
                 "line 1: expected a column \"rooms\" in the header, with commas"));
  CHECK(contains(answer("rooms,town\n2,x\n").err, "line 1: expected a column \"colour\" in the header"));
  CHECK(contains(answer(header + "2,x\n").err, "line 2: expected 7 fields, as in the header, got 2"));
  CHECK(answer("\xEF\xBB\xBF" + header + "2,x,red,2024-02-29,true,1,\n").code == 0);
}

TEST_CASE("what cannot be exported is refused, and what is there stays") {
  const TempDir dir;
  wick::Generator generator(7);
  wick::Network<float> model(6, 3, {4}, {}, generator);
  wick::save_checkpoint(model, dir / "model.wick");
  const auto first = run_tool({"export-cpp", "model.wick", "2 shoes.hpp"}, dir.path());
  CHECK(first.code == 0);
  CHECK(contains(first.out, "model_2_shoes::predict"));

  const auto again = run_tool({"export-cpp", "model.wick", "2 shoes.hpp"}, dir.path());
  CHECK(again.code == 2);
  CHECK(contains(again.err, "2 shoes.hpp: the file exists; --force replaces it"));

  for (const char* name :
       {"class",     "a b",       "1x",       "_x",     "_X",       "a__b",   "ä",     "std",       "std20",
        "constexpr", "char8_t",   "not_eq",   "bitand", "linux",    "unix",   "NULL",  "EOF",       "exp",
        "sinf",      "float_t",   "co_await", "assert", "y0",       "read",   "MNIST", "consteval", "major",
        "wick",      "a\x1b[31m", "errno",    "stdin",  "requires", "rand_r", "M_PIl"}) {
    const auto bad =
        run_tool({"export-cpp", "--name=" + std::string(name), "model.wick", "other.hpp"}, dir.path());
    CAPTURE(name);
    CHECK(bad.code == 2);
    CHECK(contains(bad.err, "expected a name for a C++ namespace, got \""));
    CHECK_FALSE(contains(bad.err, "\x1b"));
    CHECK_FALSE(std::filesystem::exists(dir / "other.hpp"));
  }

  model.parameters()->values()[3] = std::numeric_limits<float>::infinity();
  wick::save_checkpoint(model, dir / "model.wick");
  const auto infinite = run_tool({"export-cpp", "model.wick", "other.hpp"}, dir.path());
  CHECK(infinite.code == 1);
  CHECK(contains(infinite.err, "the network has parameters that are infinite or NaN"));
  CHECK(run_tool({"export-cpp", "none.wick", "other.hpp"}, dir.path()).code == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "other.hpp"));
}

TEST_CASE("headers compile under every name that is accepted, behind the headers of the system") {
  const TempDir dir;
  wick::Generator generator(7);
  wick::CheckpointExtras extras;
  // What a file says stays within its literal.
  extras.metadata = {{"classes", std::vector<std::string>{"\x1b[31m", "*/ \" \n#error",
                                                          "\u202e?"
                                                          "?/"}}};
  wick::save_checkpoint(wick::Network<float>(2, 3, {4}, {}, generator), dir / "model.wick", extras);
  std::string program = "#include <cmath>\n#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n";
  std::string used;
  // Names within the header, and names of files that are none for a namespace.
  for (const std::string name :
       {"predict", "mean", "detail", "x", "affine", "weight_0", "input_size", "Mnist"}) {
    REQUIRE(run_tool({"export-cpp", "--name", name, "model.wick", name + ".hpp"}, dir.path()).code == 0);
    program += "#include \"" + name + ".hpp\"\n";
    used += " + " + name + "::output_size";
  }
  for (const std::string file : {"constexpr", "linux", "NULL", "x_t", "std", "log", "3 shoes", "ä"}) {
    const auto result = run_tool({"export-cpp", "model.wick", file + ".hpp"}, dir.path());
    REQUIRE(result.code == 0);
    program += "#include \"" + file + ".hpp\"\n";
    const auto at = result.out.find("; ") + 2;
    used += " + " + result.out.substr(at, result.out.find("::") - at) + "::output_size";
  }
  std::ofstream(dir / "main.cpp") << program << "int main() { return 0" << used << "; }\n";
  const auto compiled = run_program(
      WICK_CXX_COMPILER, {"-std=c++17", "-Wall", "-Wextra", "-fsyntax-only", "main.cpp"}, dir.path());
  CHECK_MESSAGE(compiled.code == 0, compiled.err);
}

TEST_CASE("a symbolic link is a file that exists, wherever it leads; --force replaces what it leads to") {
#if !defined(_WIN32)
  const TempDir dir;
  wick::Generator generator(7);
  wick::save_checkpoint(wick::Network<float>(2, 3, {4}, {}, generator), dir / "model.wick");
  std::filesystem::create_symlink("there.hpp", dir / "link.hpp");
  std::filesystem::create_symlink("there.pth", dir / "link.pth");
  CHECK(run_tool({"export-cpp", "model.wick", "link.hpp"}, dir.path()).code == 2);
  CHECK(run_tool({"convert", "model.wick", "link.pth"}, dir.path()).code == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "there.hpp"));
  CHECK_FALSE(std::filesystem::exists(dir / "there.pth"));
  CHECK(run_tool({"export-cpp", "--force", "model.wick", "link.hpp"}, dir.path()).code == 0);
  CHECK(run_tool({"convert", "--force", "model.wick", "link.pth"}, dir.path()).code == 0);
  CHECK(std::filesystem::is_regular_file(dir / "there.hpp"));
  CHECK(std::filesystem::is_symlink(dir / "link.hpp"));
  CHECK(std::filesystem::is_symlink(dir / "link.pth"));
#endif
}
