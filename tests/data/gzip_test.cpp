#include <wick/checksum/crc32.hpp>
#include <wick/data/gzip.hpp>

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

Bytes unpack(const Bytes& bytes, std::uint64_t limit = std::uint64_t{1} << 30) {
  const auto out = wick::gunzip(bytes, "file.gz", limit);
  return {out.data(), out.data() + out.size()};
}

std::string refusal(const Bytes& bytes, std::uint64_t limit = std::uint64_t{1} << 30) {
  return message_of<wick::FormatError>([&] { static_cast<void>(unpack(bytes, limit)); });
}

void append_u32(Bytes& bytes, std::uint64_t x) {
  for (int i = 0; i < 4; ++i, x >>= 8) bytes.push_back(static_cast<std::byte>(x & 0xff));
}

// A gzip file written by hand: header, one stored block, trailer.
Bytes stored(const Bytes& contents, Bytes header = bytes_of({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})) {
  const auto n = static_cast<unsigned>(contents.size());
  for (const std::byte b : bytes_of({1, n & 0xff, n >> 8, ~n & 0xff, (~n >> 8) & 0xff})) header.push_back(b);
  header.insert(header.end(), contents.begin(), contents.end());
  append_u32(header, wick::crc32(contents));
  append_u32(header, n);
  return header;
}

const Bytes hello = bytes_of({'h', 'e', 'l', 'l', 'o'});

}  // namespace

TEST_CASE("gzip files of zlib decompress, whatever kind of block and header they have") {
  const Bytes expected = wick_tests::read_bytes(reference / "images.idx3");
  for (const char* name : {"plain", "stored", "huffman", "fixed", "all_fields"}) {
    CAPTURE(name);
    const Bytes file = wick_tests::read_bytes(reference / ("images_" + std::string(name) + ".gz"));
    CHECK(wick::is_gzip(file));
    CHECK(unpack(file) == expected);
  }
  CHECK_FALSE(wick::is_gzip(expected));
  CHECK_FALSE(wick::is_gzip(bytes_of({0x1f})));
  CHECK_FALSE(wick::is_gzip({}));
}

TEST_CASE("a stored block written by hand decompresses") {
  CHECK(unpack(stored(hello)) == hello);
  CHECK(unpack(stored({})).empty());
}

TEST_CASE("a gzip file truncated at any byte is refused") {
  for (const char* name : {"plain", "stored", "fixed", "all_fields"}) {
    const Bytes file = wick_tests::read_bytes(reference / ("images_" + std::string(name) + ".gz"));
    for (std::size_t n = 0; n < file.size(); ++n) {
      CAPTURE(n);
      const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(n));
      CHECK_THROWS_AS(static_cast<void>(unpack(part)), wick::FormatError);
    }
  }
}

TEST_CASE("a change of any byte of a gzip file is refused or leaves the contents as they were") {
  const Bytes expected = wick_tests::read_bytes(reference / "images.idx3");
  for (const char* name : {"plain", "stored", "huffman", "fixed", "all_fields"}) {
    const Bytes file = wick_tests::read_bytes(reference / ("images_" + std::string(name) + ".gz"));
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < file.size(); ++i) {
      for (const unsigned flip : {0x01U, 0x02U, 0x10U, 0x80U, 0xffU}) {
        CAPTURE(name);
        CAPTURE(i);
        Bytes damaged = file;
        damaged[i] ^= static_cast<std::byte>(flip);
        try {
          const Bytes got = unpack(damaged);
          ++accepted;
          CHECK(got == expected);
        } catch (const wick::FormatError&) {
        }
      }
    }
    // Only time, system and unused bits are free; with a header checksum, nearly nothing.
    CHECK(accepted <= (std::string(name) == "all_fields" ? 5U : 45U));
  }
}

TEST_CASE("a fault in the header is named with its byte") {
  Bytes file = stored(hello);
  SUBCASE("magic number") {
    file[1] = std::byte{0};
    CHECK(refusal(file) == "file.gz: at byte 0: gzip: expected the magic number 1f 8b");
  }
  SUBCASE("method") {
    file[2] = std::byte{7};
    CHECK(refusal(file) == "file.gz: at byte 2: gzip: expected compression method 8 (deflate), got 7");
  }
  SUBCASE("reserved flags") {
    for (const unsigned flag : {0x20U, 0x40U, 0x80U}) {
      file[3] = static_cast<std::byte>(flag);
      CHECK(contains(refusal(file), "file.gz: at byte 3: gzip: reserved flags are set"));
    }
  }
  SUBCASE("an extra field that is longer than the file") {
    const Bytes header = bytes_of({0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 0xff, 0xff});
    CHECK(contains(refusal(stored(hello, header)), "truncated"));
  }
  SUBCASE("a name without an end") {
    Bytes header = bytes_of({0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255});
    header.resize(100, std::byte{'x'});
    CHECK(refusal(header) == "file.gz: at byte 100: gzip: the file ends inside the header");
  }
  SUBCASE("a header checksum that does not fit") {
    const Bytes header = bytes_of({0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 255, 0, 0});
    CHECK(contains(refusal(stored(hello, header)), "checksum of the header"));
  }
}

TEST_CASE("a fault in the trailer is named") {
  Bytes file = stored(hello);
  SUBCASE("checksum") {
    file[file.size() - 8] ^= std::byte{1};
    CHECK(contains(refusal(file), "file.gz: at byte 20: gzip: the checksum (CRC-32) of the contents"));
  }
  SUBCASE("size too small") {
    file[file.size() - 4] = std::byte{4};
    CHECK(contains(refusal(file), "longer than the trailer says"));
  }
  SUBCASE("size too large") {
    file[file.size() - 4] = std::byte{6};
    CHECK(contains(refusal(file), "expected 6 bytes of contents as the trailer says, got 5"));
  }
}

TEST_CASE("a tiny file that claims four gigabytes is refused before memory is taken") {
  Bytes file = stored(hello);
  for (std::size_t i = file.size() - 4; i < file.size(); ++i) file[i] = std::byte{0xff};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(contains(refusal(file),
                 "claims 4294967295 bytes of contents, the limit is 1073741824 (contents_limit);"));
  CHECK(contains(refusal(file, std::uint64_t{1} << 40),
                 "claims 4294967295 bytes of contents, the limit is 2147483647;"));
  // Below every limit, but more than deflate can pack into ten bytes: 10 * 1032.
  file[file.size() - 1] = std::byte{0};
  CHECK(contains(refusal(file), "10 compressed bytes cannot hold so many"));
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(std::chrono::duration<double>(took).count() < 0.1);
}

TEST_CASE("the limit on the contents is exact") {
  const Bytes file = stored(hello);
  CHECK(unpack(file, 5) == hello);
  CHECK(contains(refusal(file, 4), "claims 5 bytes of contents, the limit is 4 (contents_limit);"));
}

TEST_CASE("bytes after the end are refused") {
  const Bytes file = stored(hello);
  SUBCASE("one byte") {
    Bytes longer = file;
    longer.push_back(std::byte{0});
    CHECK_THROWS_AS(static_cast<void>(unpack(longer)), wick::FormatError);
  }
  SUBCASE("zeros") {
    Bytes longer = file;
    longer.resize(file.size() + 512);
    CHECK_THROWS_AS(static_cast<void>(unpack(longer)), wick::FormatError);
  }
  SUBCASE("another member") {
    Bytes longer = file;
    const Bytes second = stored(bytes_of({'!'}));
    longer.insert(longer.end(), second.begin(), second.end());
    CHECK_THROWS_AS(static_cast<void>(unpack(longer)), wick::FormatError);
  }
  SUBCASE("the same member again, whose trailer fits") {
    Bytes longer = file;
    longer.insert(longer.end(), file.begin(), file.end());
    CHECK(refusal(longer) ==
          "file.gz: at byte 28: gzip: more bytes follow the end of the first member; only one is supported");
  }
}

TEST_CASE("damaged compressed data is refused") {
  Bytes header = bytes_of({0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255});
  const auto with = [&](std::initializer_list<unsigned> deflate, std::uint64_t size) {
    Bytes file = header;
    for (const std::byte b : bytes_of(deflate)) file.push_back(b);
    append_u32(file, 0);
    append_u32(file, size);
    return file;
  };
  CHECK_THROWS_AS(static_cast<void>(unpack(with({0x07, 0x00}, 0))), wick::FormatError);  // block type 3
  CHECK_THROWS_AS(static_cast<void>(unpack(with({0x01, 5, 0, 0, 0}, 5))),
                  wick::FormatError);  // lengths disagree
  CHECK_THROWS_AS(static_cast<void>(unpack(with({0x01, 0xff, 0xff, 0, 0}, 65535))), wick::FormatError);
  // Fixed codes: a copy (length 3, distance 1) before any byte.
  CHECK_THROWS_AS(static_cast<void>(unpack(with({0x03, 0x02, 0x00}, 3))), wick::FormatError);
}
