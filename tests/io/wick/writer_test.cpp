#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>

#include "io/wick/crafted.hpp"
#include "io/wick/formula_archive.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using wick::Archive;
using wick_tests::Bytes;
using wick_tests::checkpoint;
using wick_tests::message_of;
using wick_tests::Out;
using wick_tests::read_bytes;
using wick_tests::TempDir;

namespace {

Bytes encode(const Archive& archive) {
  Bytes bytes;
  wick::encode_archive(
      archive, [&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return bytes;
}

Archive one_tensor() {
  Archive a;
  a.tensors = {{"model", {{"w", wick::AnyTensor::copy_of(wick::Tensor<float>::from({1, -2}))}}}};
  return a;
}

/// The lines `    0010  48 00 ...` of a document.
Bytes hex_dump_in(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE(file);
  Bytes bytes;
  for (std::string line; std::getline(file, line);) {
    std::size_t end = 0;
    if (!line.starts_with("    0") || line.size() < 12 || line.substr(8, 2) != "  ") continue;
    REQUIRE(std::stoul(line, &end, 16) == bytes.size());
    std::istringstream in(line.substr(end));
    for (std::string byte; in >> byte;) {
      bytes.push_back(static_cast<std::byte>(std::stoul(byte, nullptr, 16)));
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("an empty archive is a preamble alone") {
  const Bytes bytes = encode({});
  CHECK(bytes.size() == 64);
  CHECK(bytes == checkpoint({}));
}

TEST_CASE("the example of the document is what the writer writes") {
  CHECK(hex_dump_in(std::filesystem::path(WICK_SOURCE_DIR) / "docs" / "checkpoint-format.md") ==
        encode(one_tensor()));
}

TEST_CASE("a file is what the document says, byte for byte") {
  Archive a = one_tensor();
  a.architecture = wick::Architecture{
      .type = "Network", .input_size = 3, .output_size = 2, .hidden_layers = {7}, .dropout = 0.5};
  a.tensors.push_back({"more", {{"b", wick::AnyTensor::copy_of(wick::Tensor<std::uint8_t>::from({9}))}}});
  a.attributes = {{"metadata", {{"n", std::int64_t{-1}}, {"t", std::vector<std::string>{"x"}}}}};

  Bytes payload(65);
  const Out w = Out().u32(0x3F800000).u32(0xC0000000);
  std::copy(w.bytes.begin(), w.bytes.end(), payload.begin());
  payload[64] = std::byte{9};
  Out header;
  header.section("ARCH", 1, Out().text("Network").u64(3).u64(2).u64(1).u64(7).f64(0.5));
  header.section("TENS", 1, wick_tests::tensors("model", {{.crc = wick_tests::bitwise_crc32c(w.bytes)}}));
  header.section(
      "TENS", 1,
      wick_tests::tensors("more", {{.name = "b",
                                    .dtype = 9,
                                    .dims = {1},
                                    .offset = 64,
                                    .length = 1,
                                    .crc = wick_tests::bitwise_crc32c(wick_tests::bytes_of({9}))}}));
  header.section(
      "ATTR", 0,
      Out().text("metadata").u64(2).text("n").u8(1).u64(~std::uint64_t{0}).text("t").u8(6).u64(1).text("x"));
  CHECK(encode(a) == checkpoint(header, payload));
}

TEST_CASE("a null makes a file of version 2, and nothing else does") {
  wick::Archive a;
  a.attributes.emplace_back("metadata", wick::Attributes{{"best", std::monostate()}, {"n", true}});
  Out header;
  header.section("ATTR", 0, Out().text("metadata").u64(2).text("best").u8(7).text("n").u8(0).u8(1));
  CHECK(encode(a) == checkpoint(header, {}, {.version = 2, .minimum_reader = 2}));
  CHECK(wick::read_archive(encode(a)) == a);
  a.attributes[0].second.set("best", false);
  const Bytes without = encode(a);
  CHECK(without[8] == std::byte{1});
  CHECK(without[12] == std::byte{1});
}

TEST_CASE("the shortest entry of each kind is read back") {
  const auto reads_back = [](const wick::Attribute& value) {
    wick::Archive a;
    a.attributes.emplace_back("", wick::Attributes{{"", value}});
    return wick::read_archive(encode(a)) == a;
  };
  CHECK(reads_back(std::monostate()));
  CHECK(reads_back(false));
  CHECK(reads_back(std::int64_t{0}));
  CHECK(reads_back(0.0));
  CHECK(reads_back(std::string()));
  CHECK(reads_back(std::vector<std::int64_t>{}));
  CHECK(reads_back(std::vector<double>{}));
  CHECK(reads_back(std::vector<std::string>{}));
  CHECK(reads_back(std::vector<std::string>{""}));
  wick::Archive a;
  a.tensors.push_back({"", {{"", wick::AnyTensor::copy_of(wick::Tensor<std::uint8_t>::zeros({}))}}});
  CHECK(wick::read_archive(encode(a)) == a);
  a.tensors = {{"", {}}};
  CHECK(wick::read_archive(encode(a)) == a);
}

TEST_CASE("the committed file of version 1 is what the writer still writes") {
  // Made by a Python program from the document alone.
  CHECK(encode(wick_tests::formula_archive()) ==
        read_bytes(std::filesystem::path(WICK_TEST_DATA) / "checkpoint_v1.wick"));
}

TEST_CASE("equal archives give equal bytes, to memory, to a file and to a stream") {
  const TempDir dir;
  const Bytes bytes = encode(wick_tests::formula_archive());
  CHECK(encode(wick_tests::formula_archive()) == bytes);
  wick::write_archive(wick_tests::formula_archive(), dir / std::filesystem::path(u8"ä.wick"));
  CHECK(read_bytes(dir / std::filesystem::path(u8"ä.wick")) == bytes);
  std::ostringstream out;
  wick::write_archive(wick_tests::formula_archive(), out);
  const std::string text = out.str();
  CHECK(Out().chars(text).bytes == bytes);
}

TEST_CASE("a stream that fails is an error") {
  std::ostringstream out;
  out.setstate(std::ios::badbit);
  CHECK(message_of<wick::FileError>([&] { wick::write_archive(one_tensor(), out); }) ==
        "<stream>: cannot write the checkpoint");
  const TempDir dir;
  std::ofstream closed(dir / "f");
  closed.close();
  CHECK_THROWS_AS(wick::write_archive(one_tensor(), closed), wick::FileError);
}

TEST_CASE("what no reader accepts is not written, and the old file stays") {
  const TempDir dir;
  const auto path = dir / "f.wick";
  wick::write_archive(one_tensor(), path);
  const Bytes before = read_bytes(path);
  const auto refusal = [&](auto&& change) {
    Archive a = wick_tests::formula_archive();
    change(a);
    const std::string message = message_of<wick::OptionError>([&] { wick::write_archive(a, path); });
    CHECK(read_bytes(path) == before);
    CHECK_FALSE(std::filesystem::exists(dir / "f.wick.wick-unfinished"));
    return message;
  };
  const wick::AnyTensor t;
  CHECK(refusal([](Archive& a) { a.architecture->input_size = 0; }) ==
        "write_archive: the input size must be >= 1, got 0");
  CHECK(refusal([](Archive& a) { a.architecture->output_size = -3; }) ==
        "write_archive: the output size must be >= 1, got -3");
  CHECK(refusal([](Archive& a) { a.architecture->hidden_layers[1] = 0; }) ==
        "write_archive: a hidden layer's size must be >= 1, got 0");
  CHECK(refusal([](Archive& a) { a.architecture->dropout = std::numeric_limits<double>::quiet_NaN(); }) ==
        "write_archive: dropout must be in [0, 1], got nan");
  CHECK(refusal([](Archive& a) { a.architecture->dropout = 1.5; }) ==
        "write_archive: dropout must be in [0, 1], got 1.5");
  CHECK(refusal([](Archive& a) { a.architecture->type = "\xFF"; }) ==
        "write_archive: the class name is not UTF-8; store other bytes as a uint8 tensor");
  CHECK(refusal([](Archive& a) { a.tensors.push_back(a.tensors[0]); }) ==
        "write_archive: the tensors \"model\" are given twice");
  CHECK(refusal([](Archive& a) { a.attributes.push_back(a.attributes[0]); }) ==
        "write_archive: the attributes \"metadata\" are given twice");
  CHECK(refusal([](Archive& a) { a.tensors[0].first = "\xC3"; }) ==
        "write_archive: the name of a group of tensors is not UTF-8; store other bytes as a uint8 tensor");
  CHECK(refusal([&](Archive& a) { a.tensors[0].second.insert("\x80", t); }) ==
        "write_archive: the name of a tensor of group \"model\" is not UTF-8; store other bytes as a uint8 "
        "tensor");
  CHECK(refusal([](Archive& a) { a.attributes[0].second.set("\xED\xA0\x80", true); }) ==
        "write_archive: the name of an attribute of group \"metadata\" is not UTF-8; store other bytes as a "
        "uint8 "
        "tensor");
  CHECK(refusal([](Archive& a) { a.attributes[0].second.set("raw", "\xFE"); }) ==
        "write_archive: the attribute \"raw\" is not UTF-8; store other bytes as a uint8 tensor");
  CHECK(refusal([](Archive& a) {
          a.attributes[0].second.set("raw", std::vector<std::string>{"a", "\xFE"});
        }) == "write_archive: the attribute \"raw\" is not UTF-8; store other bytes as a uint8 tensor");
}
