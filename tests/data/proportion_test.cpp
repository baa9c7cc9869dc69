// IDX and gzip files take time and memory in proportion to their size, see io/proportion_test.cpp.

#include "support/crc.hpp"
#include "support/files.hpp"
#include "support/peak.hpp"
#include "support/throws.hpp"

#include <wick/data/idx.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using Bytes = std::vector<std::byte>;
using wick_tests::contains;
using wick_tests::cost_of;
using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

void put(Bytes& bytes, std::uint64_t value, int n) {
  for (int i = 0; i < n; ++i, value >>= 8) bytes.push_back(static_cast<std::byte>(value & 0xFFU));
}

/// An IDX file of `n` zeros, as gzip: a block of fixed codes (RFC 1951, 3.2.6) that repeats the last byte 258
/// times with 13 bits, as often as it takes. What deflate makes most of.
Bytes zeros_as_gzip(std::uint32_t n) {
  Bytes contents = wick_tests::bytes_of({0, 0, 8, 1, n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255});
  contents.resize(8 + n);
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte b : contents) crc = wick_tests::bitwise_crc(0xEDB88320U, crc, b);

  Bytes file = wick_tests::bytes_of({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
  std::uint32_t held = 0;
  int count = 0;
  const auto bit = [&](unsigned b) {
    held |= b << count++;
    if (count < 8) return;
    file.push_back(static_cast<std::byte>(held));
    held = 0;
    count = 0;
  };
  // Codes come with their first bit first.
  const auto code = [&](unsigned value, int bits) {
    while (bits-- > 0) bit(value >> bits & 1U);
  };
  bit(1);
  bit(1);
  bit(0);
  std::size_t done = 0;
  for (; done < 9; ++done) {  // literals
    const auto b = std::to_integer<unsigned>(contents[done]);
    b < 144 ? code(0x30 + b, 8) : code(0x190 + b - 144, 9);
  }
  for (; contents.size() - done >= 258; done += 258) {
    code(0xC5, 8);  // length 258
    code(0, 5);     // distance 1
  }
  for (; done < contents.size(); ++done) code(0x30, 8);
  code(0, 7);
  while (count != 0) bit(0);
  put(file, ~crc, 4);
  put(file, contents.size(), 4);
  return file;
}

}  // namespace

TEST_CASE("a file that becomes far larger is refused unless it is small or its size is said") {
  const TempDir dir;
  // 100 KB that become 16 MB: as much as pictures that are all the same may.
  wick_tests::write_bytes(dir / "small.gz", zeros_as_gzip(16'000'000));
  CHECK(wick::read_idx(dir / "small.gz").data.size() == 16'000'000);
  wick_tests::write_bytes(dir / "large.gz", zeros_as_gzip(17'000'000));
  CHECK(contains(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_idx(dir / "large.gz")); }),
                 "the trailer claims 17000008 bytes of contents, the limit is 16777216"));
  CHECK(wick::read_idx(dir / "large.gz", 20'000'000).data.size() == 17'000'000);
  CHECK(wick::default_gunzip_limit(0) == 16U << 20);
  CHECK(wick::default_gunzip_limit(2'000'000) == 32'000'000);
  CHECK(wick::default_gunzip_limit(~std::uint64_t{0}) == 1U << 30);
}

TEST_CASE("an array of a file is read into memory once") {
  const TempDir dir;
  Bytes plain = wick_tests::bytes_of({0, 0, 8, 1, 0, 0x0F, 0x42, 0x40});
  plain.resize(8 + 1'000'000);
  plain.back() = std::byte{7};
  wick_tests::write_bytes(dir / "plain", plain);
  wick::IdxArray array;
  CHECK(cost_of([&] { array = wick::read_idx(dir / "plain"); }).bytes < 1'100'000);
  CHECK(array.shape == wick::Shape{1'000'000});
  CHECK(array.data.data()[999'999] == 7);
  CHECK(array.data.data()[999'998] == 0);

  // With 1 MB of compressed bytes, the most that is allowed: 17.8 times the memory of the file.
  wick_tests::write_bytes(dir / "packed", zeros_as_gzip(16'000'000));
  CHECK(cost_of([&] { array = wick::read_idx(dir / "packed"); }).bytes < 17'000'000);
}
