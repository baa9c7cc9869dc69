#include <wick/io/zip/inflate.hpp>

#include "support/fixture.hpp"
#include "support/throws.hpp"

#include <wick/checksum/crc32.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::message_of;
using Bytes = std::vector<std::byte>;

namespace {

Bytes bytes(std::initializer_list<int> values) {
  Bytes result;
  for (const int value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}
std::string refusal(const Bytes& data, std::size_t size) {
  Bytes out(size);
  return message_of<wick::FormatError>([&] { wick::detail::inflate(data, out, "x.zip", 100); });
}

}  // namespace

TEST_CASE("deflate data of zlib are decompressed") {
  wick_tests::Fixture file("deflate.bin");
  for (auto cases = file.get<std::uint32_t>(); cases > 0; --cases) {
    CAPTURE(cases);
    const auto size = file.get<std::uint32_t>();
    const auto checksum = file.get<std::uint32_t>();
    const std::string packed = file.text();
    const auto data = std::as_bytes(std::span(packed));
    Bytes out(size);
    wick::detail::inflate(data, out, "x", 0);
    CHECK(wick::crc32(out) == checksum);
    // Neither cut off, nor of another size.
    const std::size_t step = data.size() / 50 + 1;
    for (std::size_t n = 0; n < data.size(); n += step) {
      CHECK_THROWS_AS(wick::detail::inflate(data.first(n), out, "x", 0), wick::FormatError);
    }
    if (size > 0) {
      CHECK_THROWS_AS(wick::detail::inflate(data, std::span(out).first(size - 1), "x", 0), wick::FormatError);
    }
    out.push_back(std::byte{7});
    CHECK_THROWS_AS(wick::detail::inflate(data, out, "x", 0), wick::FormatError);
    CHECK(out.back() == std::byte{7});
  }
  CHECK(file.at_end());
}

TEST_CASE("what is wrong with deflate data is said") {
  CHECK(refusal({}, 0) == "x.zip: at byte 100: deflate: the data are cut off");
  CHECK(refusal(bytes({7}), 0) == "x.zip: at byte 101: deflate: a block of an unknown kind");
  // Stored: 01, the size and its inverse.
  CHECK(contains(refusal(bytes({1, 1, 0, 0, 0}), 1), "a stored block whose two sizes differ"));
  CHECK(contains(refusal(bytes({1, 2, 0, 0xFD, 0xFF, 9}), 2), "a stored block that is cut off"));
  CHECK(contains(refusal(bytes({1, 1, 0, 0xFE, 0xFF, 9}), 2), "expected 2 bytes of contents, got 1"));
  CHECK(contains(refusal(bytes({1, 1, 0, 0xFE, 0xFF, 9}), 0), "more contents than the 0 bytes announced"));
  CHECK(contains(refusal(bytes({1, 1, 0, 0xFE, 0xFF, 9, 9}), 1), "1 bytes behind the last block"));
  // Fixed codes: a length of 3 and a distance of 1 before there is a byte, and the length 286.
  CHECK(contains(refusal(bytes({0x03, 0x02, 0x00}), 3), "a distance of 1 behind 0 bytes"));
  CHECK(contains(refusal(bytes({0x1B, 0x03, 0x00, 0x00}), 300), "a length that there is none of"));
  // Codes in the block: 257 + 30 literals; 31 distances; 4 lengths of codes, all of 1 bit.
  CHECK(contains(refusal(bytes({0xF5, 0x00, 0x00, 0x00}), 1), "there are 286"));
  CHECK(contains(refusal(bytes({0x05, 0x1E, 0x00, 0x00}), 1), "there are 30"));
  CHECK(contains(refusal(bytes({0x05, 0x00, 0x92, 0x04, 0x00, 0x00}), 1),
                 "a code of lengths that is no prefix code"));
}

TEST_CASE("changed deflate data do no harm") {
  wick_tests::Fixture file("deflate.bin");
  for (auto cases = file.get<std::uint32_t>(); cases > 0; --cases) {
    const auto size = file.get<std::uint32_t>();
    static_cast<void>(file.get<std::uint32_t>());
    std::string packed = file.text();
    Bytes out(size);
    for (std::size_t i = 0; i < packed.size(); i += packed.size() / 100 + 1) {
      const char before = packed[i];
      packed[i] = static_cast<char>(before ^ (1 << i % 8));
      try {
        wick::detail::inflate(std::as_bytes(std::span(packed)), out, "x", 0);
      } catch (const wick::FormatError& e) {
        CHECK(e.offset().value_or(0) <= packed.size());
      }
      packed[i] = before;
    }
  }
}
