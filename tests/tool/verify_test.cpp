#include "io/wick/crafted.hpp"
#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/io/wick/reader.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

TEST_CASE("verify passes whole files and says so") {
  const TempDir dir;
  write_model(dir / "w.wick", {{"w", tensor_of<float>({1, 2})}});
  const std::string file = (wick_tests::tool_reference / "checkpoint_v1.wick").string();
  const auto result = run_tool({"verify", file, "w.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out == file +
                          ": ok (wick checkpoint, format version 1, 20 tensors, 3012 bytes)\nw.wick: ok "
                          "(wick checkpoint, format version 1, 1 tensor, " +
                          std::to_string(std::filesystem::file_size(dir / "w.wick")) + " bytes)\n");
}

TEST_CASE("verify names the tensor, the place and the reason") {
  const TempDir dir;
  auto bytes = wick_tests::read_bytes(wick_tests::tool_reference / "checkpoint_v1.wick");
  bytes.back() ^= std::byte{1};
  wick_tests::write_bytes(dir / "flipped.wick", bytes);
  const auto result = run_tool({"verify", "flipped.wick"}, dir.path());
  CHECK(result.code == 1);
  CHECK(result.out.empty());
  // The last tensor, one float, is the last four of 3012 bytes.
  CHECK(result.err ==
        "wick verify: flipped.wick: at byte 3008: the checksum of tensor \"Größe ✓\" is wrong; the file is "
        "damaged\n");
}

TEST_CASE("verify finds truncations and single changed bits anywhere") {
  const TempDir dir;
  const auto whole = wick_tests::read_bytes(wick_tests::tool_reference / "checkpoint_v1.wick");
  std::vector<std::string> arguments{"verify"};
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    auto changed = whole;
    changed[at] ^= std::byte{0x10};
    wick_tests::write_bytes(dir / ("changed" + std::to_string(at)), changed);
    changed.resize(at);
    wick_tests::write_bytes(dir / ("cut" + std::to_string(at)), changed);
    arguments.push_back("changed" + std::to_string(at));
    arguments.push_back("cut" + std::to_string(at));
  }
  const auto result = run_tool(arguments, dir.path());
  CHECK(result.code == 1);
  CHECK(result.out.empty());
  CHECK(std::ranges::count(result.err, '\n') == static_cast<std::ptrdiff_t>(arguments.size() - 1));
}

TEST_CASE("verify goes on after a bad file, and the worst decides the exit code") {
  const TempDir dir;
  write_model(dir / "good.wick", {{"w", tensor_of<float>({1})}});
  wick_tests::write_bytes(dir / "text.txt", wick_tests::bytes_of({'h', 'e', 'l', 'l', 'o'}));
  const auto bad = run_tool({"verify", "text.txt", "good.wick"}, dir.path());
  CHECK(bad.code == 1);
  CHECK(bad.out.starts_with("good.wick: ok "));
  CHECK(bad.err ==
        "wick verify: text.txt: expected a model file of wick, PyTorch or safetensors, got a file "
        "of an unknown kind\n");
  const auto missing = run_tool({"verify", "missing.wick", "text.txt", "good.wick"}, dir.path());
  CHECK(missing.code == 2);
  CHECK(missing.out.starts_with("good.wick: ok "));
  CHECK(contains(missing.err, "wick verify: missing.wick: cannot open: "));
}

TEST_CASE("a network that its own parameters contradict is found") {
  const TempDir dir;
  wick::Archive archive;
  archive.architecture = wick::Architecture{.input_size = 3, .output_size = 2, .hidden_layers = {}};
  archive.tensors.emplace_back(
      "model", wick::StateDict{{"output.weight", tensor_of<float>({1, 2, 3, 4}, wick::Shape{2, 2})},
                               {"output.bias", tensor_of<float>({0, 0})}});
  wick::write_archive(archive, dir / "lie.wick");
  const auto result = run_tool({"verify", "lie.wick"}, dir.path());
  CHECK(result.code == 1);
  CHECK(contains(result.err, "\"output.weight\" should have shape [2, 3], it has [2, 2]"));
}

TEST_CASE("a model of another class is no fault") {
  const TempDir dir;
  wick::Archive archive;
  archive.architecture =
      wick::Architecture{.type = "Transformer", .input_size = 3, .output_size = 2, .hidden_layers = {}};
  wick::write_archive(archive, dir / "other.wick");
  CHECK(run_tool({"verify", "other.wick"}, dir.path()).code == 0);
}

TEST_CASE("a file for a later reader is refused with the reason") {
  const TempDir dir;
  wick_tests::write_bytes(dir / "later.wick",
                          wick_tests::checkpoint({}, {}, {.version = 4, .minimum_reader = 3}));
  const auto result = run_tool({"verify", "later.wick"}, dir.path());
  CHECK(result.code == 1);
  CHECK(contains(result.err, "use a newer wick"));
}

TEST_CASE("PyTorch files are checked too, whatever is in them") {
  const TempDir dir;
  const auto number = run_tool({"verify", "torch/2.13_number.pth"});
  CHECK(number.code == 0);
  CHECK(contains(number.out, "torch/2.13_number.pth: ok (PyTorch file, 0 tensors, "));
  CHECK(contains(number.err, "wick verify: note: torch/2.13_number.pth: expected a state dict"));
  CHECK(run_tool({"verify", "torch/1.13_nested.pth", "torch/2.13_legacy_strides.pth"}).err.empty());
  // 74 single floats are 296 bytes; some of them are changed.
  auto bytes = wick_tests::read_bytes(wick_tests::tool_reference / "torch/2.13_lesson.pth");
  for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 300; at += 4) bytes[at] ^= std::byte{1};
  wick_tests::write_bytes(dir / "damaged.pth", bytes);
  const auto damaged = run_tool({"verify", "damaged.pth"}, dir.path());
  CHECK(damaged.code == 1);
  CHECK(damaged.err.starts_with("wick verify: damaged.pth: at byte "));
  CHECK(run_tool({"verify", "torch/2.13_without_checksums.pth"}).code == 1);
  CHECK(run_tool({"verify", "--ignore-crc", "torch/2.13_without_checksums.pth"}).code == 0);
}
