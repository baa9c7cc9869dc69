#include <wick/io/shard_index.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/save.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <span>
#include <sstream>
#include <string>

using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

const std::filesystem::path folder = std::filesystem::path(WICK_TEST_DATA) / "model_files";

std::span<const std::byte> bytes_in(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string refused(const std::string& text) {
  return message_of<wick::FormatError>(
      [&] { static_cast<void>(wick::read_shard_index(bytes_in(text), "i")); });
}

}  // namespace

TEST_CASE("the index of safetensors and of torch.save files is the model in them") {
  const wick::StateDict expected = wick::load(folder / "own.pth");
  for (const char* name : {"model.safetensors.index.json", "pytorch_model.bin.index.json"}) {
    CAPTURE(std::string(name));
    const wick::StateDict found = wick::load(folder / name);
    CHECK(found.size() == expected.size());
    for (const auto& [key, tensor] : expected) CHECK(found[key] == tensor);
  }
}

TEST_CASE("an index names tensors and files, each file once") {
  const auto index = wick::read_shard_index(
      bytes_in(R"({"metadata": {"total_size": 1.5}, "weight_map": {"b": "2", "a": "1", "c": "2"}})"), "i");
  CHECK(index.files == std::vector<std::string>{"2", "1"});
  CHECK(index.tensors == std::vector<std::pair<std::string, std::size_t>>{{"b", 0}, {"a", 1}, {"c", 0}});
  CHECK(wick::is_shard_index(bytes_in(R"({"weight_map": {}})")));
  CHECK_FALSE(wick::is_shard_index(bytes_in(R"({"hidden_size": 3})")));
  CHECK_FALSE(wick::is_shard_index({}));
}

TEST_CASE("files elsewhere are refused before any is opened") {
  for (const char* file :
       {"../secret", "/etc/passwd", "a/b", R"(a\\b)", "C:x", "..", ".", "", R"(a\u0000)"}) {
    CAPTURE(std::string(file));
    CHECK(contains(refused(R"({"weight_map": {"w": ")" + std::string(file) + "\"}}"),
                   "expected the name of a file beside the index, got "));
  }
}

TEST_CASE("an index that is none says why") {
  CHECK(contains(refused(R"({"metadata": {}})"), "expected a \"weight_map\" with tensors and their files"));
  CHECK(contains(refused(R"({"weight_map": {}})"), "expected a \"weight_map\""));
  CHECK(contains(refused(R"({"weight_map": {"w": 1}})"), "expected the name of a file in quotes"));
  CHECK(contains(refused(R"({"weight_map": {"w": "a", "w": "b"}})"), "is there twice"));
}

TEST_CASE("shards that are missing or hold something else are named") {
  const TempDir dir;
  const auto text = [&](const std::string& file) {
    const std::string json = R"({"weight_map": {"w": ")" + file + "\"}}";
    wick_tests::write_bytes(dir / "m.index.json", bytes_in(json));
    return message_of<wick::FileError>([&] { static_cast<void>(wick::load(dir / "m.index.json")); });
  };
  CHECK(text("absent.bin") == (dir / "m.index.json").string() +
                                  ": the index names the file 'absent.bin', which is not there; get it too");
  wick::save(wick::StateDict{{"other", wick::AnyTensor::copy_of(wick::Tensor<float>::ones({2}))}},
             dir / "a.safetensors");
  CHECK(contains(text("a.safetensors"), "the index says that 'w' is in 'a.safetensors'; it is not"));
  // Itself, and so on.
  CHECK(contains(text("m.index.json"), "an index of the files of a model, without those files"));
  std::istringstream stream(R"({"weight_map": {"w": "a"}})");
  CHECK(contains(message_of<wick::FormatError>([&] { static_cast<void>(wick::load(stream)); }),
                 "give the path of the index"));
}

TEST_CASE("tensors that the index does not name are noted") {
  const TempDir dir;
  const auto tensor = wick::AnyTensor::copy_of(wick::Tensor<float>::ones({2}));
  wick::save(wick::StateDict{{"w", tensor}, {"more", tensor}}, dir / "a.safetensors");
  const std::string json = R"({"weight_map": {"w": "a.safetensors"}})";
  wick_tests::write_bytes(dir / "m.index.json", bytes_in(json));
  const auto file = wick::read_any(dir / "m.index.json");
  CHECK(file.archive.find_tensors("model")->size() == 1);
  CHECK(file.notes == std::vector<std::string>{"tensors that the index does not name: 1"});
}
