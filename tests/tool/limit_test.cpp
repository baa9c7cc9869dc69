#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

namespace {

/// A command that runs into each limit when the limit is as small as this.
struct Case {
  std::string least;
  std::vector<std::string> command;
};

std::map<std::string, Case> cases(const std::filesystem::path& model) {
  const std::vector<std::string> wick{"info", "checkpoint_v1.wick"};
  const std::vector<std::string> lesson{"info", "torch/2.13_lesson.pth"};
  const auto predict = [&](const char* picture) {
    return std::vector<std::string>{"predict", model.string(), picture};
  };
  return {{"file_bytes", {"100", wick}},
          {"header_bytes", {"10", wick}},
          {"groups", {"1", wick}},
          {"tensors", {"1", wick}},
          {"attributes", {"1", wick}},
          {"name_bytes", {"1", wick}},
          {"text_bytes", {"1", wick}},
          {"records", {"1", lesson}},
          {"stack", {"1", lesson}},
          {"memo", {"1", lesson}},
          {"depth", {"1", lesson}},
          {"value_bytes", {"100", lesson}},
          {"copied_bytes", {"1", {"info", "torch/2.13_strides.pth"}}},
          {"integer_bytes", {"1", {"info", "torch/2.13_nested.pth"}}},
          {"max_pixels", {"1", predict("jpeg_444.jpg")}},
          {"max_file_size", {"10", predict("jpeg_444.jpg")}},
          {"contents_limit", {"10", predict("images_fixed.gz:0")}}};
}

std::filesystem::path small_model(const TempDir& dir) {
  write_model(dir / "m.wick", {{"output.weight", tensor_of<float>(std::vector<float>(8), wick::Shape{2, 4})},
                               {"output.bias", tensor_of<float>({0, 0})}});
  return dir / "m.wick";
}

}  // namespace

TEST_CASE("each limit that a message names is an option, and each option is named") {
  const TempDir dir;
  std::string names;
  for (const auto& [limit, test] : cases(small_model(dir))) {
    const std::string& name = limit;
    CAPTURE(name);
    names += (names.empty() ? "" : ", ") + name;
    if (name == "stack") names += ", stream_bytes";  // see below
    auto command = test.command;
    CHECK(run_tool(command).code == 0);
    command.insert(command.begin() + 1, {"--limit", name + "=" + test.least});
    const auto refused = run_tool(command);
    CHECK(refused.code > 0);
    CHECK(contains(refused.err, "--limit " + name + "=N"));
    CHECK_FALSE(contains(refused.err, "Limits::"));
    CHECK_FALSE(contains(refused.err, "Options::"));
    CHECK_FALSE(contains(refused.err, "(contents_limit)"));
    // A later one counts, and what the message asks for helps.
    command.insert(command.begin() + 3, {"--limit", name + "=" + (name == "depth" ? "1000" : "1G")});
    CHECK(run_tool(command).code == 0);
  }
  const auto unknown = run_tool({"info", "--limit", "patience=1", "checkpoint_v1.wick"});
  CHECK(unknown.code == 2);
  CHECK(unknown.err == "wick info: --limit: expected NAME=N, got \"patience=1\"; the names are " + names +
                           "\nTry: wick info --help\n");
}

#if !defined(_WIN32)
TEST_CASE("what comes through a pipe has a limit if asked for") {
  const std::string tool = WICK_TOOL;
  const auto run = [&](const std::string& option) {
    return wick_tests::run_program("sh", {"-c", tool + " info " + option + " - < checkpoint_v1.wick"},
                                   wick_tests::tool_reference);
  };
  CHECK(run("").code == 0);
  const auto refused = run("--limit stream_bytes=1K");
  CHECK(refused.code == 2);
  CHECK(refused.err ==
        "wick info: -: the stream has more than the limit of 1024 bytes (--limit stream_bytes=N)\n");
}
#endif

TEST_CASE("--limit takes numbers with units, and says what it takes") {
  const auto with = [](const std::string& limit) {
    return run_tool({"info", "--limit", limit, "checkpoint_v1.wick"});
  };
  CHECK(with("file_bytes=3012").code == 0);
  CHECK(with("file_bytes=3011").code == 2);
  CHECK(with("file_bytes=2K").code == 2);
  CHECK(with("file_bytes=3K").code == 0);
  CHECK(with("file_bytes=1M").code == 0);
  for (const char* bad :
       {"file_bytes", "file_bytes=", "file_bytes=x", "file_bytes=-1", "file_bytes=1T", "file_bytes=1KB",
        "file_bytes=18446744073709551616", "file_bytes=99999999999999G"}) {
    CAPTURE(bad);
    const auto refused = with(bad);
    CHECK(refused.code == 2);
    CHECK(refused.err == "wick info: --limit: expected a number for file_bytes, K, M or G behind it, got \"" +
                             std::string(bad) + "\"\nTry: wick info --help\n");
  }
  CHECK(contains(with("depth=1001").err, "at most 1000, got \"depth=1001\""));
  for (const std::string command : {"verify", "diff", "convert", "predict", "export-cpp"}) {
    CHECK(contains(run_tool({command, "--help"}).out, "--limit NAME=N"));
  }
}
