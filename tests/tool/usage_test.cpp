#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/version.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::run_tool;

TEST_CASE("every command explains itself with examples and exit codes") {
  const auto all = run_tool({"--help"});
  CHECK(all.code == 0);
  CHECK(all.err.empty());
  for (const std::string name : {"info", "verify", "diff", "convert", "predict"}) {
    CAPTURE(name);
    CHECK(contains(all.out, name));
    const auto help = run_tool({name, "--help"});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK(contains(help.out, "Examples:\n  wick " + name + " "));
    CHECK(contains(help.out, "Exit code: 0 "));
  }
}

TEST_CASE("the version is that of the headers") {
  const auto result = run_tool({"--version"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out == "wick " + std::to_string(WICK_VERSION_MAJOR) + "." +
                          std::to_string(WICK_VERSION_MINOR) + "." + std::to_string(WICK_VERSION_PATCH) +
                          "\n");
}

TEST_CASE("wrong usage has exit code 2, a reason and the way to help") {
  const auto refused = [](const std::vector<std::string>& arguments) {
    const auto result = run_tool(arguments);
    CHECK(result.code == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK(refused({}) ==
        "wick: expected a command (convert, diff, eval, export-cpp, fit, info, predict, verify), got "
        "nothing\nTry: wick "
        "--help\n");
  CHECK(refused({"inform"}) ==
        "wick: expected a command (convert, diff, eval, export-cpp, fit, info, predict, verify), got "
        "\"inform\"\nTry: "
        "wick --help\n");
  CHECK(contains(refused({"--nonsense"}), "Try: wick --help\n"));
  for (const std::string name : {"info", "verify", "diff", "convert", "predict"}) {
    CAPTURE(name);
    const std::string missing = refused({name});
    CHECK(missing.starts_with("wick " + name + ": "));
    CHECK(missing.ends_with("\nTry: wick " + name + " --help\n"));
    CHECK(refused({name, "--nonsense", "a", "b", "c"}).starts_with("wick " + name + ": "));
  }
  CHECK(refused({"info", "a.wick", "b.wick"}).starts_with("wick info: "));
  CHECK(refused({"diff", "--rtol", "much", "a", "b"}).starts_with("wick diff: "));
  CHECK(refused({"predict", "--top", "0", "a", "b"}) == "wick predict: --top must be >= 1, got 0\n");
  CHECK(refused({"predict", "a"}) ==
        "wick predict: expected pictures, files or --idx FILE --item N, or a CSV file for a model of a "
        "table\n");
  CHECK(contains(refused({"predict", "--idx", "i", "a", "b"}), "--idx and --item belong together"));
  CHECK(contains(refused({"predict", "--item", "3", "a", "b"}), "--idx and --item belong together"));
}

TEST_CASE("an argument that could command the terminal is shown as what it is") {
  CHECK(contains(run_tool({"\x1b[31m"}).err, "got \"\\x1b[31m\""));
#if !defined(_WIN32)  // whose arguments are valid Unicode
  CHECK(contains(run_tool({"\xff"}).err, "got \"\\xff\""));
#endif
}

TEST_CASE("output that does not arrive is an error") {
  if (!std::filesystem::exists("/dev/full")) return;
  const std::string command =
      std::string(WICK_TOOL) + " info " + WICK_TEST_DATA + "/checkpoint_v1.wick >/dev/full 2>err.txt";
  const wick_tests::TempDir dir;
  const auto result = wick_tests::run_program("sh", {"-c", command}, dir.path());
  CHECK(result.code == 2);
  const auto err = wick_tests::read_bytes(dir / "err.txt");
  CHECK(std::string(reinterpret_cast<const char*>(err.data()), err.size()) ==
        "wick info: cannot write to standard output\n");
}
