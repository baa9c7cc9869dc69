#include <wick/io/numpy/npz.hpp>

#include "support/files.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <wick/io/numpy/npy.hpp>
#include <wick/io/zip/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using wick::StateDict;
using wick_tests::contains;
using wick_tests::message_of;
using Bytes = std::vector<std::byte>;

namespace {

std::span<const std::byte> bytes_of_text(const std::string& text) { return std::as_bytes(std::span(text)); }

wick::AnyTensor tensor(float x) { return wick::AnyTensor::copy_of(wick::Tensor<float>::from({x, 2, 3})); }

Bytes archive_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  Bytes bytes;
  const auto sink = [&](std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  wick::ZipWriter zip(sink);
  for (const auto& entry : entries) zip.add(entry.first, bytes_of_text(entry.second));
  zip.finish();
  return bytes;
}
std::string file_of(const wick::AnyTensor& array) {
  std::ostringstream out;
  wick::write_npy(array, out);
  return out.str();
}
std::string refusal(std::span<const std::byte> bytes) {
  return message_of<wick::FormatError>([&] { static_cast<void>(wick::read_npz(bytes)); });
}

}  // namespace

TEST_CASE("archives of numpy.savez are read, arrays by name") {
  wick_tests::Fixture expected("numpy.bin");
  std::vector<wick::AnyTensor> arrays;
  for (auto files = expected.get<std::uint32_t>(); files > 0; --files) {
    arrays.push_back(wick::read_npy(bytes_of_text(expected.text())));
    static_cast<void>(expected.get<std::uint8_t>());
    static_cast<void>(expected.text());
    static_cast<void>(expected.shape());
    static_cast<void>(expected.text());
  }
  for (auto refused = 2 * expected.get<std::uint32_t>(); refused > 0; --refused)
    static_cast<void>(expected.text());
  const auto count = expected.get<std::uint32_t>();
  const std::string file = expected.text();
  const StateDict read = wick::read_npz(bytes_of_text(file));
  REQUIRE(read.size() == count);
  for (const auto& entry : read) {
    CHECK(entry.first == expected.text());
    CHECK(entry.second == arrays[expected.get<std::uint32_t>()]);
  }
  CHECK(expected.at_end());
}

TEST_CASE("archives of numpy.savez_compressed are read") {
  const std::filesystem::path folder = std::filesystem::path(WICK_TEST_DATA) / "model_files";
  const StateDict compressed = wick::read_npz(folder / "compressed.npz");
  CHECK(compressed.size() > 0);
  CHECK(compressed == wick::read_npz(folder / "arrays.npz"));
  // A change of any byte is found: by the archive, by the data or by the checksum.
  Bytes file = wick_tests::read_bytes(folder / "compressed.npz");
  std::size_t unnoticed = 0;
  for (std::byte& byte : file) {
    byte ^= std::byte{0x10};
    try {
      unnoticed += wick::read_npz(file) == compressed ? 0U : 1U;
    } catch (const wick::Error&) {
    }
    byte ^= std::byte{0x10};
  }
  CHECK(unnoticed == 0);
  // The size in the directory, and in the zip64 field of the first entry.
  const auto claim = [&](std::uint32_t size) {
    Bytes lie = file;
    const Bytes mark{std::byte{'P'}, std::byte{'K'}, std::byte{1}, std::byte{2}};
    const auto central = std::search(lie.begin(), lie.end(), mark.begin(), mark.end());
    const auto local = lie.begin() + 30 + 26 + 4;
    for (int i = 0; i < 4; ++i) local[i] = central[24 + i] = static_cast<std::byte>(size >> (8 * i) & 0xFFU);
    return refusal(lie);
  };
  CHECK(contains(claim(0xF0000000U), "claims 4026531840 bytes in 155 compressed ones, too many"));
  CHECK(contains(claim(1), "more contents than the 1 bytes announced"));
  CHECK(contains(claim(209), "expected 209 bytes of contents, got 208"));
}

TEST_CASE("what is written is read back") {
  const StateDict arrays{{"a", tensor(1)}, {"b/c", tensor(2)}, {"x.npy", tensor(3)}};
  const wick_tests::TempDir dir;
  wick::write_npz(arrays, dir / "x.npz");
  CHECK(wick::read_npz(dir / "x.npz") == arrays);
  std::stringstream stream;
  wick::write_npz(arrays, stream);
  CHECK(wick::read_npz(stream) == arrays);
}

TEST_CASE("archives that hold anything else, twice or damaged are refused") {
  const std::string array = file_of(tensor(1));
  CHECK(contains(refusal(archive_of({{"a.npy", array}, {"b.txt", "x"}})),
                 "npz: expected arrays, whose names end in .npy, got the entry \"b.txt\""));
  CHECK(
      contains(refusal(archive_of({{"a.npy", array}, {"a.npy", array}})), "npz: there are two arrays \"a\""));
  CHECK(contains(refusal(archive_of({{"a.npy", "x"}})), "npy: expected an array of NumPy"));
  Bytes damaged = archive_of({{"a.npy", array}});
  const auto wanted = bytes_of_text(array);
  const auto at = std::search(damaged.begin(), damaged.end(), wanted.begin(), wanted.end());
  at[200 - 64] ^= std::byte{1};
  CHECK(contains(refusal(damaged), "npz: the checksum of the array \"a\" is wrong; the file is damaged"));
  CHECK_THROWS_AS(static_cast<void>(wick::read_npz(bytes_of_text(array))), wick::FormatError);
}

TEST_CASE("names that are none for files are refused before anything is written") {
  const wick_tests::TempDir dir;
  for (const std::string& name : {std::string(), std::string("/a"), std::string("../a"), std::string("a/./b"),
                                  std::string("a\0b", 3), std::string("\xff"), std::string(501, 'x')}) {
    CHECK_THROWS_AS(wick::write_npz({{name, tensor(1)}}, dir / "x.npz"), wick::OptionError);
  }
  CHECK_FALSE(std::filesystem::exists(dir / "x.npz"));
}
