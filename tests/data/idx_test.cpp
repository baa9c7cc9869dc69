#include <wick/base/file.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/data/idx.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

using wick_tests::bytes_of;
using wick_tests::contains;
using wick_tests::message_of;
using Bytes = std::vector<std::byte>;

namespace {

const std::filesystem::path reference = WICK_TEST_DATA;

std::string refusal(const Bytes& bytes) {
  return message_of<wick::FormatError>([&] { static_cast<void>(wick::parse_idx(bytes, "f")); });
}

// What tests/reference/gzip_samples.py wrote: shape (3, 4, 5), byte i is 37 i mod 256.
void check_sample(const wick::IdxArray& array) {
  REQUIRE(array.shape == wick::Shape{3, 4, 5});
  for (int i = 0; i < 60; ++i) CHECK(array.data.data()[i] == i * 37 % 256);
  CHECK(array.view().at(2, 3, 4) == 59 * 37 % 256);
}

}  // namespace

TEST_CASE("an IDX file is read with its shape, plain and compressed") {
  check_sample(wick::read_idx(reference / "images.idx3"));
  for (const char* name : {"plain", "stored", "huffman", "fixed", "all_fields"}) {
    check_sample(wick::read_idx(reference / ("images_" + std::string(name) + ".gz")));
  }
}

TEST_CASE("the content of an IDX file decides how it is read, not its name") {
  const wick_tests::TempDir dir;
  std::filesystem::copy_file(reference / "images.idx3", dir / "plain-idx3-ubyte.gz");
  std::filesystem::copy_file(reference / "images_plain.gz", dir / u8"gepackt-ä.idx3");
  check_sample(wick::read_idx(dir / "plain-idx3-ubyte.gz"));
  check_sample(wick::read_idx(dir / u8"gepackt-ä.idx3"));
}

TEST_CASE("IDX arrays of one and of eight dimensions, and with no elements, are read") {
  const auto vector = wick::parse_idx(bytes_of({0, 0, 8, 1, 0, 0, 0, 2, 7, 9}), "f");
  CHECK(vector.shape == wick::Shape{2});
  CHECK(vector.data.data()[0] == 7);
  CHECK(vector.data.data()[1] == 9);

  Bytes eight = bytes_of({0, 0, 8, 8});
  for (unsigned d = 0; d < 8; ++d) {
    for (const std::byte b : bytes_of({0, 0, 0, d == 3 ? 2U : 1U})) eight.push_back(b);
  }
  eight.push_back(std::byte{1});
  eight.push_back(std::byte{2});
  CHECK(wick::parse_idx(eight, "f").shape == wick::Shape{1, 1, 1, 2, 1, 1, 1, 1});

  const auto none = wick::parse_idx(bytes_of({0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5}), "f");
  CHECK(none.shape == wick::Shape{0, 5});
  CHECK(none.data.size() == 0);
}

TEST_CASE("every field of an IDX header is checked") {
  SUBCASE("leading zeros") {
    CHECK(refusal(bytes_of({1, 0, 8, 1, 0, 0, 0, 0})) ==
          "f: at byte 0: IDX: expected two zero bytes at the beginning, got 1");
    CHECK(refusal(bytes_of({0, 2, 8, 1, 0, 0, 0, 0})) ==
          "f: at byte 1: IDX: expected two zero bytes at the beginning, got 2");
  }
  SUBCASE("legal types that are not bytes are named") {
    const std::pair<unsigned, const char*> types[] = {{0x09, "signed 8-bit integers"},
                                                      {0x0B, "16-bit integers"},
                                                      {0x0C, "32-bit integers"},
                                                      {0x0D, "32-bit floats"},
                                                      {0x0E, "64-bit floats"}};
    for (const auto& [code, name] : types) {
      CHECK(refusal(bytes_of({0, 0, code, 1, 0, 0, 0, 0})) ==
            "f: at byte 2: IDX: the elements are " + std::string(name) +
                "; only unsigned bytes (type 8) are supported");
    }
  }
  SUBCASE("illegal types") {
    for (unsigned code = 0; code < 256; ++code) {
      if (code >= 0x08 && code <= 0x0E && code != 0x0A) continue;
      CHECK(refusal(bytes_of({0, 0, code, 1, 0, 0, 0, 0})) ==
            "f: at byte 2: IDX: expected element type 8 (unsigned bytes), got " + std::to_string(code));
    }
  }
  SUBCASE("rank") {
    CHECK(refusal(bytes_of({0, 0, 8, 0, 1})) == "f: at byte 3: IDX: expected 1 to 8 dimensions, got 0");
    CHECK(refusal(bytes_of({0, 0, 8, 9, 1})) == "f: at byte 3: IDX: expected 1 to 8 dimensions, got 9");
  }
  SUBCASE("missing elements") {
    CHECK(refusal(bytes_of({0, 0, 8, 1, 0, 0, 0, 3, 1, 2})) ==
          "f: at byte 10: IDX: truncated: expected 3 bytes of elements for shape [3], got 2");
  }
  SUBCASE("elements left over") {
    CHECK(refusal(bytes_of({0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3, 4})) ==
          "f: at byte 11: IDX: bytes are left over: expected 3 bytes of elements for shape [3], got 4");
  }
  SUBCASE("nothing at all") { CHECK(refusal({}) == "f: at byte 0: IDX: the file ends inside the header"); }
}

TEST_CASE("sizes that lie are refused before memory is taken") {
  const auto begin = std::chrono::steady_clock::now();
  // No dimension has more than 31 bits where memory has 32.
  const bool wide = sizeof(wick::Index) > 4;
  CHECK(contains(refusal(bytes_of({0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff, 1})),
                 wide ? "expected 4294967295 bytes" : "dimension 4294967295 is too large"));
  Bytes four = bytes_of({0, 0, 8, 4});
  four.resize(4 + 16, std::byte{0xff});
  CHECK(contains(refusal(four),
                 wide ? "[4294967295, 4294967295, 4294967295, 4294967295] does not fit in 63 bits"
                      : "dimension 4294967295 is too large"));
  // 2^16 * 2^16 * 2^16 * 2^16 = 2^64 is 0 in 64-bit arithmetic that wraps around.
  Bytes wraps = bytes_of({0, 0, 8, 4});
  for (int d = 0; d < 4; ++d) {
    for (const std::byte b : bytes_of({0, 1, 0, 0})) wraps.push_back(b);
  }
  CHECK(contains(refusal(wraps), "does not fit in 63 bits"));
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(std::chrono::duration<double>(took).count() < 0.1);
}

TEST_CASE("an IDX file truncated at any byte is refused") {
  const Bytes file = wick_tests::read_bytes(reference / "images.idx3");
  for (std::size_t n = 0; n < file.size(); ++n) {
    CAPTURE(n);
    CHECK_THROWS_AS(static_cast<void>(wick::parse_idx(std::span(file).first(n), "f")), wick::FormatError);
  }
}

TEST_CASE("a change of any header byte of an IDX file is refused, a change of a pixel is that pixel") {
  const Bytes file = wick_tests::read_bytes(reference / "images.idx3");
  constexpr std::size_t header = 16;
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (unsigned flip = 1; flip < 256; ++flip) {
      CAPTURE(i);
      CAPTURE(flip);
      Bytes damaged = file;
      damaged[i] ^= static_cast<std::byte>(flip);
      if (i < header) {
        CHECK_THROWS_AS(static_cast<void>(wick::parse_idx(damaged, "f")), wick::FormatError);
      } else {
        const auto got = wick::parse_idx(damaged, "f");
        const auto* first = reinterpret_cast<const std::uint8_t*>(damaged.data() + header);
        CHECK(std::equal(first, first + 60, got.data.data()));
      }
    }
  }
}

TEST_CASE("a compressed file that holds something else is refused, and the place is said") {
  const wick_tests::TempDir dir;
  // gzip of the four bytes 0 0 8 0 as a stored block.
  const auto path = dir / "wrong.gz";
  Bytes file = bytes_of({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1, 4, 0, 0xfb, 0xff, 0, 0, 8, 0});
  std::uint32_t crc = wick::crc32(std::span(file).last(4));
  for (int i = 0; i < 4; ++i, crc >>= 8) file.push_back(static_cast<std::byte>(crc & 0xff));
  for (const std::byte b : bytes_of({4, 0, 0, 0})) file.push_back(b);
  wick_tests::write_bytes(path, file);
  const std::string text = message_of<wick::FormatError>([&] { static_cast<void>(wick::read_idx(path)); });
  CHECK(text ==
        wick::display_name(path) + " (decompressed): at byte 3: IDX: expected 1 to 8 dimensions, got 0");
}

TEST_CASE("IDX files that cannot be read give the path and the reason") {
  const wick_tests::TempDir dir;
  const auto text =
      message_of<wick::FileError>([&] { static_cast<void>(wick::read_idx(dir / u8"なし.gz")); });
  CHECK(contains(text, "なし.gz: cannot open: "));
  CHECK_THROWS_AS(static_cast<void>(wick::read_idx(dir.path())), wick::FileError);
  CHECK_THROWS_AS(static_cast<void>(wick::read_idx(reference / "images.idx3", 75)), wick::FileError);
  CHECK_THROWS_AS(static_cast<void>(wick::read_idx(reference / "images_huffman.gz", 75)), wick::FileError);
}
