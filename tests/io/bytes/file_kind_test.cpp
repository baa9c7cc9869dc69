#include <wick/io/bytes/file_kind.hpp>

#include "support/files.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

using wick::FileKind;
using wick_tests::bytes_of;

namespace {

const std::map<std::string, FileKind> kinds{{"wick", FileKind::wick},
                                            {"damaged_wick", FileKind::damaged_wick},
                                            {"zip", FileKind::zip},
                                            {"pickle", FileKind::pickle},
                                            {"joblib", FileKind::joblib},
                                            {"npy", FileKind::npy},
                                            {"hdf5", FileKind::hdf5},
                                            {"gguf", FileKind::gguf},
                                            {"tflite", FileKind::tflite},
                                            {"saved_model", FileKind::saved_model},
                                            {"tar", FileKind::tar},
                                            {"bzip2", FileKind::bzip2},
                                            {"xz", FileKind::xz},
                                            {"zstd", FileKind::zstd},
                                            {"zlib", FileKind::zlib},
                                            {"seven_zip", FileKind::seven_zip},
                                            {"rar", FileKind::rar},
                                            {"json", FileKind::json},
                                            {"xml", FileKind::xml},
                                            {"jpeg", FileKind::jpeg},
                                            {"zeros", FileKind::zeros},
                                            {"legacy_torch", FileKind::legacy_torch},
                                            {"safetensors", FileKind::safetensors},
                                            {"onnx", FileKind::onnx},
                                            {"gzip", FileKind::gzip},
                                            {"html", FileKind::html},
                                            {"git_lfs", FileKind::git_lfs},
                                            {"png", FileKind::png},
                                            {"unknown", FileKind::unknown}};

}  // namespace

TEST_CASE("files of other programs are recognised by their first bytes") {
  std::ifstream file(std::filesystem::path(WICK_TEST_DATA) / "file_kinds.txt");
  REQUIRE(file);
  std::set<FileKind> seen;
  for (std::string kind, hex; file >> kind >> hex;) {
    CAPTURE(kind);
    CAPTURE(hex);
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    }
    REQUIRE(kinds.contains(kind));
    CHECK(wick::describe(wick::file_kind(bytes)) == wick::describe(kinds.at(kind)));
    seen.insert(kinds.at(kind));
  }
  CHECK(seen.size() == kinds.size());
  CHECK(wick::file_kind({}) == FileKind::empty);
}

TEST_CASE("a few bytes are enough, and fewer say nothing") {
  CHECK(wick::file_kind(bytes_of({'P', 'K', 3, 4})) == FileKind::zip);
  CHECK(wick::file_kind(bytes_of({'P', 'K', 3})) == FileKind::unknown);
  CHECK(wick::file_kind(bytes_of({0x1F})) == FileKind::unknown);
  CHECK(wick::file_kind(bytes_of({0x89, 'W', 'I', 'C', 'K'})) == FileKind::wick);
  CHECK(wick::file_kind(bytes_of({0x89, 'W', 'I', 'C'})) == FileKind::unknown);
  CHECK(wick::file_kind(bytes_of({'W', 'I', 'C', 'K'})) == FileKind::damaged_wick);
  CHECK(wick::file_kind(bytes_of({' ', '\n'})) == FileKind::unknown);
  CHECK(wick::file_kind(bytes_of({8, 7, 0x12, 7})) == FileKind::unknown);
  CHECK(wick::file_kind(bytes_of({1, 0, 0, 0, 0, 0, 0, 0, '{'})) == FileKind::unknown);
  CHECK(wick::file_kind(bytes_of({2, 0, 0, 0, 0, 0, 0, 0, '{', '}'})) == FileKind::safetensors);
  CHECK(wick::file_kind(bytes_of({2, 0, 0, 0, 1, 0, 0, 0, '{', '}'})) == FileKind::unknown);
}

TEST_CASE("a safetensors file is one whatever the length of its header looks like") {
  for (const int length : {0x0280, 0x0580, 0x9c78, 0xda78, 0x8b1f, 0x716428}) {
    std::string text{static_cast<char>(length & 0xff), static_cast<char>(length >> 8 & 0xff),
                     static_cast<char>(length >> 16)};
    text += std::string(5, '\0') + "{\"w\":";
    CHECK(wick::file_kind(std::as_bytes(std::span(text))) == FileKind::safetensors);
  }
}

TEST_CASE("every kind has words of its own") {
  std::set<std::string> words;
  for (const auto& [name, kind] : kinds) words.emplace(wick::describe(kind));
  words.emplace(wick::describe(FileKind::empty));
  CHECK(words.size() == kinds.size() + 1);
  CHECK(wick::describe(FileKind::zip) == "a zip archive, as torch.save writes it (.pth, .pt)");
  CHECK(wick::describe(FileKind::git_lfs) == "a Git LFS pointer; run git lfs pull to get the file itself");
}
