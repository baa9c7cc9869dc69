// Files as users have them, given to the program: shown, taken by its options, or refused with them.
// tests/reference/make_model_files.py

#include "support/files.hpp"
#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;

namespace {

const std::filesystem::path folder = wick_tests::tool_reference / "model_files";

}  // namespace

TEST_CASE("info shows every sound file, also without a model or with two") {
  for (const char* name : {"two.pth", "two_nested.pth", "scheduler.pth", "sgd.pth", "list.pth",
                           "int_keys.pth", "bytes_keys.pth", "mixed.pth"}) {
    CAPTURE(std::string(name));
    const auto result = run_tool({"info", name}, folder);
    CHECK(result.code == 0);
    CHECK(contains(result.err, "wick info: note: " + std::string(name) + ": "));
    CHECK(run_tool({"info", "--json", name}, folder).code == 0);
    CHECK(run_tool({"verify", name}, folder).code == 0);
  }
  const auto two = run_tool({"info", "two.pth"}, folder);
  CHECK(contains(two.out, "generator: 4 tensors"));
  CHECK(contains(two.out, "discriminator: 4 tensors"));
  CHECK(contains(two.err, "\"generator\", \"discriminator\"; say which one with --key"));
  CHECK(contains(run_tool({"info", "scheduler.pth"}, folder).out, "step_size"));
  for (const char* name : {"two_levels.pth", "nested.pth", "tuple.pth", "extra_state.pth",
                           "model.safetensors.index.json", "pytorch_model.bin.index.json"}) {
    CAPTURE(std::string(name));
    const auto result = run_tool({"info", name}, folder);
    CHECK(result.code == 0);
    CHECK(contains(result.out, "\nmodel: 4 tensors, 43 parameters, 172 bytes\n"));
  }
}

TEST_CASE("convert writes no empty file for one of which nothing could be read") {
  const TempDir dir;
  const auto result = run_tool({"convert", "bytes_keys.pth", (dir / "out.wick").string()}, folder);
  CHECK(result.code == 2);
  CHECK(contains(result.err, "whose names are of type bytes, not text"));
  CHECK(!std::filesystem::exists(dir / "out.wick"));
  CHECK(run_tool({"convert", "scheduler.pth", (dir / "out.wick").string()}, folder).code == 0);
}

TEST_CASE("the options that an error names are the program's, and they help") {
  const TempDir dir;
  const auto exported = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"export-cpp", "--force"});
    arguments.push_back((dir / "net.hpp").string());
    return run_tool(arguments, folder);
  };
  const auto prefix = exported({"prefix.pth"});
  CHECK(prefix.code == 1);
  CHECK(contains(prefix.err, "all names begin with \"module.\": --prefix \"module.\" removes it"));
  CHECK(exported({"--prefix", "module.", "prefix.pth"}).code == 0);
  const auto sequential = exported({"sequential.pth"});
  CHECK(contains(sequential.err, "for files with other names see --by-shape"));
  CHECK(!contains(sequential.err, "infer_by_shape"));
  CHECK(exported({"--rename", "0=hidden_layers.0", "--rename", "2=output", "sequential.pth"}).code == 0);
  const auto both = exported({"--by-shape", "actor_critic.pth"});
  CHECK(both.code == 1);
  CHECK(contains(both.err, "--only \"actor.\" takes those that begin with it"));
  CHECK(exported({"--by-shape", "--only", "actor.", "actor_critic.pth"}).code == 0);
  const auto critic = exported({"--by-shape", "--only", "critic.", "actor_critic.pth"});
  CHECK(critic.code == 1);
  CHECK(contains(critic.err, "expected a network with two outputs or more, got one"));
  CHECK(exported({"--rename", "0", "sequential.pth"}).code == 2);
}

TEST_CASE("what is assumed between layers that are matched by shape is said") {
  const TempDir dir;
  const auto result = run_tool({"export-cpp", "--by-shape", "tanh.pth", (dir / "tanh.hpp").string()}, folder);
  CHECK(result.code == 0);
  CHECK(
      contains(result.err,
               "wick export-cpp: note: the layers were matched by names and shapes, which do not say what is "
               "between them: ReLU is assumed"));
}

TEST_CASE("files of other kinds are named with exit code 1") {
  for (const char* name : {"arrays.npz", "compressed.npz", "program.pt2", "download.zip",
                           "stable_baselines3.zip", "model.keras", "crlf.pth"}) {
    CAPTURE(std::string(name));
    const auto result = run_tool({"info", name}, folder);
    CHECK(result.code == 1);
    CHECK(!contains(result.err, "unknown"));
  }
}

TEST_CASE("names of formats that are not written are refused before anything is read") {
  const TempDir dir;
  for (const char* name : {"a.onnx", "a.safetensor", "a.tar", "a"}) {
    CHECK(run_tool({"convert", (folder / "own.pth").string(), name}, dir.path()).code == 2);
  }
  CHECK(std::filesystem::is_empty(dir.path()));
  for (const char* name : {"a.pth.tar", "a.ckpt", "a.bin", "a.pkl"}) {
    CHECK(run_tool({"convert", (folder / "own.pth").string(), name}, dir.path()).code == 0);
    CHECK(contains(run_tool({"info", name}, dir.path()).out, ": PyTorch file, "));
  }
}

#if !defined(_WIN32)

TEST_CASE("standard input and pipes are read") {
  const TempDir dir;
  const std::string tool = WICK_TOOL;
  const std::string file = (folder / "own.pth").string();
  for (const std::string& command :
       {"'" + tool + "' info - < '" + file + "'", "cat '" + file + "' | '" + tool + "' info -",
        "cat '" + file + "' | '" + tool + "' info /dev/stdin"}) {
    CAPTURE(command);
    const std::string whole = command + " > '" + (dir / "out").string() + "'";
    CHECK(std::system(whole.c_str()) == 0);
    const auto bytes = wick_tests::read_bytes(dir / "out");
    CHECK(
        contains(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), "model: 4 tensors"));
  }
}

#endif
