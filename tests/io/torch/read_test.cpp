#include "io/torch/expected_value.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/torch/read.hpp>
#include <wick/io/torch/zip_writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <vector>

using wick_tests::bytes_of;
using wick_tests::difference;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

const std::filesystem::path folder = std::filesystem::path(WICK_TEST_DATA) / "torch";

std::map<std::string, wick::TorchValue> expected_files(const std::string& version) {
  Fixture in("torch/" + version + ".bin");
  std::map<std::string, wick::TorchValue> files;
  for (auto n = in.get<std::uint32_t>(); n > 0; --n) {
    std::string name = in.text();
    files.emplace(std::move(name), wick_tests::read_expected(in));
  }
  REQUIRE(in.at_end());
  return files;
}

void check_files(const std::string& version, std::size_t count) {
  const auto files = expected_files(version);
  CHECK(files.size() == count);
  for (const auto& [name, expected] : files) {
    CAPTURE(name);
    wick::TorchLimits limits;
    limits.check_crc = name.find("without_checksums") == name.npos;
    CHECK(difference(wick::read_torch(folder / name, limits), expected) == "");
  }
}

}  // namespace

TEST_CASE("files of PyTorch 1.13 hold what was saved") { check_files("1.13", 28); }
TEST_CASE("files of PyTorch 2.13 hold what was saved") { check_files("2.13", 31); }

TEST_CASE("what is not a file of torch.save is named") {
  CHECK(message_of<wick::FormatError>([] {
          static_cast<void>(wick::read_torch(bytes_of({0x1f, 0x8b, 8})));
        }) == "<memory>: at byte 0: expected a file of torch.save, got a gzip file; unpack it first");
}

TEST_CASE("TorchScript is named, although its code is compressed") {
  std::vector<std::byte> bytes;
  auto append = [&bytes](std::span<const std::byte> part) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  };
  wick::ZipWriter zip(append);
  for (const char* name : {"net/data.pkl", "net/code/__torch__.py", "net/constants.pkl", "net/version"}) {
    zip.add(name, {});
  }
  zip.finish();
  const auto message = [&bytes] {
    return message_of<wick::FormatError>([&] { static_cast<void>(wick::read_torch(bytes)); });
  };
  const std::string expected =
      "<memory>: at byte 0: a TorchScript archive holds code; save its weights in Python: "
      "torch.save(torch.jit.load(path).state_dict(), new_path)";
  CHECK(message() == expected);

  // The second entry of the directory gets the method of deflate.
  const auto signature = bytes_of({0x50, 0x4b, 0x01, 0x02});
  const auto first = std::ranges::search(bytes, signature).begin();
  const auto second = std::ranges::search(std::ranges::subrange(first + 1, bytes.end()), signature).begin();
  REQUIRE(second != bytes.end());
  second[10] = std::byte{8};
  CHECK(message() == expected);
}
