#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/io/any_file.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/io/torch/write.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/tensor/half.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using wick::StateDict;
using wick_tests::contains;
using wick_tests::read_bytes;
using wick_tests::run_tool;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

namespace {

const std::string reference = (wick_tests::tool_reference / "checkpoint_v1.wick").string();

}  // namespace

TEST_CASE("a converted file holds what the first one held") {
  const TempDir dir;
  const auto result = run_tool({"convert", reference, "cöpy.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out == "wrote cöpy.wick, 3012 bytes\n");
  CHECK(wick::read_archive(dir / u8"cöpy.wick") == wick::read_archive(reference));
}

TEST_CASE("--dtype converts the floating-point tensors of the model and nothing else") {
  const TempDir dir;
  wick::Archive archive;
  archive.architecture = wick::Architecture{.input_size = 3, .output_size = 1, .hidden_layers = {}};
  archive.tensors.emplace_back("model", StateDict{{"single", tensor_of<float>({0.1F, -2, 3})},
                                                  {"double", tensor_of<double>({0.3})},
                                                  {"integer", tensor_of<std::int64_t>({7})},
                                                  {"half", tensor_of<wick::Half>({{0x3C01}})},
                                                  {"none", tensor_of<float>({})}});
  archive.tensors.emplace_back("optimizer",
                               StateDict{{"single.exp_avg", tensor_of<float>({0.1F, 0.2F, 0.3F})}});
  archive.attributes.emplace_back("metadata", wick::Attributes{{"name", "x"}});
  wick::write_archive(archive, dir / "in.wick");
  const auto result = run_tool({"convert", "--dtype", "f16", "in.wick", "out.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out.starts_with("converted 3 tensors of the model to float16\nwrote out.wick, "));
  wick::Archive expected = archive;
  // 0.1 and 0.3 in half precision are 0x2E66 and 0x34CD.
  expected.tensors[0].second = StateDict{{"single", tensor_of<wick::Half>({{0x2E66}, {0xC000}, {0x4200}})},
                                         {"double", tensor_of<wick::Half>({{0x34CD}})},
                                         {"integer", tensor_of<std::int64_t>({7})},
                                         {"half", tensor_of<wick::Half>({{0x3C01}})},
                                         {"none", tensor_of<wick::Half>({})}};
  CHECK(wick::read_archive(dir / "out.wick") == expected);

  REQUIRE(run_tool({"convert", "--dtype", "f64", "out.wick", "wide.wick"}, dir.path()).code == 0);
  const auto wide = wick::read_archive(dir / "wide.wick");
  CHECK(*wide.find_tensors("model")->find("half") == tensor_of<double>({1 + 0x1p-10}));
  REQUIRE(run_tool({"convert", "--dtype", "bf16", "in.wick", "brain.wick"}, dir.path()).code == 0);
  const auto brain = wick::read_archive(dir / "brain.wick");
  // 0.1F is 0x3DCCCCCD.
  CHECK(*brain.find_tensors("model")->find("single") ==
        tensor_of<wick::BFloat16>({{0x3DCD}, {0xC000}, {0x4040}}));
  REQUIRE(run_tool({"convert", "--dtype", "f32", "in.wick", "single.wick"}, dir.path()).code == 0);
  CHECK(*wick::read_archive(dir / "single.wick").find_tensors("model")->find("double") ==
        tensor_of<float>({0.3F}));
}

TEST_CASE("values that do not survive a narrower type are reported") {
  const TempDir dir;
  const float infinity = std::numeric_limits<float>::infinity();
  write_model(dir / "in.wick", {{"w", tensor_of<float>({1e5F, -1e6F, infinity, 1e-9F, 0, 1})}});
  const auto result = run_tool({"convert", "--dtype", "f16", "in.wick", "out.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.err ==
        "wick convert: note: \"w\": 2 elements became infinite\n"
        "wick convert: note: \"w\": 1 element became zero\n");
}

TEST_CASE("--dtype on a file without a model says so") {
  const TempDir dir;
  wick::Archive archive;
  archive.tensors.emplace_back("things", StateDict{{"w", tensor_of<float>({1})}});
  wick::write_archive(archive, dir / "in.wick");
  const auto result = run_tool({"convert", "--dtype", "f16", "in.wick", "out.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.err == "wick convert: note: the file has no model: there is nothing to convert to float16\n");
  CHECK(wick::read_archive(dir / "out.wick") == archive);
}

TEST_CASE("a file that exists is replaced on request only, also by itself") {
  const TempDir dir;
  write_model(dir / "in.wick", {{"w", tensor_of<float>({0.1F})}});
  const auto before = read_bytes(dir / "in.wick");
  write_model(dir / "out.wick", {{"old", tensor_of<float>({1})}});
  const auto old = read_bytes(dir / "out.wick");
  for (const std::string name : {"in.wick", "out.wick"}) {
    const auto refused = run_tool({"convert", "--dtype", "f64", "in.wick", name}, dir.path());
    CHECK(refused.code == 2);
    CHECK(refused.out.empty());
    CHECK(refused.err == "wick convert: " + name + ": the file exists; --force replaces it\n");
  }
  CHECK(read_bytes(dir / "in.wick") == before);
  CHECK(read_bytes(dir / "out.wick") == old);
  REQUIRE(run_tool({"convert", "--force", "in.wick", "out.wick"}, dir.path()).code == 0);
  CHECK(read_bytes(dir / "out.wick") == before);
  REQUIRE(run_tool({"convert", "--force", "--dtype", "f64", "in.wick", "in.wick"}, dir.path()).code == 0);
  const auto archive = wick::read_archive(dir / "in.wick");
  CHECK(*archive.find_tensors("model")->find("w") == tensor_of<double>({static_cast<double>(0.1F)}));
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 2);
}

TEST_CASE("a conversion that fails leaves nothing behind") {
  const TempDir dir;
  auto bytes = read_bytes(reference);
  bytes.resize(bytes.size() / 2);
  wick_tests::write_bytes(dir / "cut.wick", bytes);
  const auto cut = run_tool({"convert", "cut.wick", "out.wick"}, dir.path());
  CHECK(cut.code == 1);
  CHECK(cut.err.starts_with("wick convert: cut.wick: at byte "));
  CHECK(run_tool({"convert", "missing.wick", "out.wick"}, dir.path()).code == 2);
  CHECK(run_tool({"convert", "--dtype", "f8", reference, "out.wick"}, dir.path()).code == 2);
  CHECK(!std::filesystem::exists(dir / "out.wick"));
  const auto nowhere = run_tool({"convert", reference, "missing/out.wick"}, dir.path());
  CHECK(nowhere.code == 2);
  CHECK(contains(nowhere.err, "wick convert: missing/out.wick: cannot create "));
}

TEST_CASE("conversions between all formats keep everything") {
  const TempDir dir;
  const std::vector<std::string> formats{"wick", "pth", "safetensors"};
  for (const std::string& from : formats) {
    REQUIRE(run_tool({"convert", reference, "from." + from}, dir.path()).code == 0);
    for (const std::string& to : formats) {
      CAPTURE(from);
      CAPTURE(to);
      const auto result = run_tool({"convert", "--force", "from." + from, "to." + to}, dir.path());
      CHECK(result.code == 0);
      CHECK(result.err.empty());
      CHECK(run_tool({"diff", reference, "to." + to}, dir.path()).out == "equal: 20 tensors, 13 values\n");
      const wick::Archive archive = wick::read_any(dir / ("to." + to)).archive;
      CHECK(archive.architecture == wick::read_archive(reference).architecture);
      CHECK(run_tool({"verify", "to." + to}, dir.path()).code == 0);
    }
  }
}

TEST_CASE("the lesson's file of Python becomes a checkpoint and a safetensors file") {
  const TempDir dir;
  const std::string lesson = (wick_tests::tool_reference / "torch/1.13_lesson.pth").string();
  REQUIRE(run_tool({"convert", lesson, "lesson.wick"}, dir.path()).code == 0);
  REQUIRE(run_tool({"convert", "lesson.wick", "lesson.safetensors"}, dir.path()).code == 0);
  REQUIRE(run_tool({"convert", "lesson.safetensors", "again.PT"}, dir.path()).code == 0);
  const wick::Archive expected = wick::read_any(lesson).archive;
  REQUIRE(expected.architecture.has_value());
  for (const char* name : {"lesson.wick", "lesson.safetensors", "again.PT"}) {
    CAPTURE(name);
    CHECK(wick::read_any(dir / name).archive == expected);
  }
}

TEST_CASE("what a new file does not hold is reported") {
  const TempDir dir;
  wick::TorchDict dict;
  dict.add("state_dict", wick::torch_state_dict({{"w", tensor_of<float>({1})}}));
  dict.add("inner", wick::TorchSequence{wick::TorchSequence::Kind::list, {wick::TorchDict{}, 1.5}});
  wick::write_torch(dict, dir / "a.pth");
  const auto result = run_tool({"convert", "a.pth", "a.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.err == "wick convert: note: not carried over: \"inner.0\" is an empty dict\n");
}

TEST_CASE("None goes through every format and back") {
  const TempDir dir;
  wick::TorchDict dict;
  dict.add("state_dict", wick::torch_state_dict({{"w", tensor_of<float>({1})}}));
  dict.add("best", wick::TorchNone{});
  wick::write_torch(dict, dir / "a.pth");
  for (const std::string name : {"b.wick", "b.safetensors"}) {
    const auto there = run_tool({"convert", "a.pth", name}, dir.path());
    CHECK(there.code == 0);
    CHECK(there.err.empty());
    CHECK(contains(run_tool({"info", name}, dir.path()).out, "best  null\n"));
    CHECK(run_tool({"diff", "a.pth", name}, dir.path()).code == 0);
    CHECK(run_tool({"convert", "--force", name, "c.pth"}, dir.path()).err.empty());
    const wick::TorchValue back = wick::read_torch(dir / "c.pth");
    CHECK(*back.get_if<wick::TorchDict>()->find("metadata")->get_if<wick::TorchDict>()->find("best") ==
          wick::TorchValue());
  }
}

TEST_CASE("--key takes one item of a PyTorch file") {
  const TempDir dir;
  wick::Archive two;
  two.tensors.emplace_back("generator", StateDict{{"w", tensor_of<float>({1})}});
  two.tensors.emplace_back("discriminator", StateDict{{"w", tensor_of<float>({2})}});
  wick::write_any(two, dir / "two.pth");
  const auto unclear = run_tool({"convert", "two.pth", "out.wick"}, dir.path());
  CHECK(unclear.code == 2);
  CHECK(contains(unclear.err, "the file holds 2 state dicts: \"generator\", \"discriminator\""));
  REQUIRE(run_tool({"convert", "--key", "discriminator", "two.pth", "out.wick"}, dir.path()).code == 0);
  CHECK(*wick::read_archive(dir / "out.wick").find_tensors("model") ==
        StateDict{{"w", tensor_of<float>({2})}});
  const auto wrong = run_tool({"convert", "--key", "critic", "two.pth", "wrong.wick"}, dir.path());
  CHECK(wrong.code == 2);
  CHECK(contains(wrong.err, "there is no key \"critic\""));
  CHECK(run_tool({"diff", "--key", "discriminator", "two.pth", "out.wick"}, dir.path()).code == 0);
  CHECK(run_tool({"diff", "--key", "generator", "out.wick", "two.pth"}, dir.path()).code == 1);
}

TEST_CASE("an extension that names no format is refused before anything is read") {
  const TempDir dir;
  for (const char* name : {"out.onnx", "out", ".wick"}) {
    const auto result = run_tool({"convert", "missing.wick", name}, dir.path());
    CHECK(result.code == 2);
    CHECK(contains(result.err, std::string(name) == "out.onnx"
                                   ? ": .onnx is the extension of a format that wick does not write; "
                                   : ": the extension says in which format to write: .wick, .pth (or .pt, "));
  }
}
