#include <wick/io/zip/writer.hpp>

#include "io/wick/crafted.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

using wick::ByteWriter;
using wick::detail::StoredEntry;
using wick_tests::Bytes;
using wick_tests::Out;

namespace {

template <class Put>
Bytes bytes_of(Put put) {
  ByteWriter out;
  put(out);
  return {out.bytes().begin(), out.bytes().end()};
}
Bytes local_header(const StoredEntry& e) {
  return bytes_of([&](ByteWriter& out) { wick::detail::put_zip_local_header(out, e); });
}
Bytes descriptor(const StoredEntry& e) {
  return bytes_of([&](ByteWriter& out) { wick::detail::put_zip_descriptor(out, e); });
}
Bytes directory_entry(const StoredEntry& e) {
  return bytes_of([&](ByteWriter& out) { wick::detail::put_zip_directory_entry(out, e); });
}

/// CRC-32 bit by bit, from its definition.
std::uint32_t bitwise_crc32(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1) ^ 0xEDB88320U : crc >> 1;
  }
  return crc ^ 0xFFFFFFFFU;
}

/// What comes before the contents of an entry of these numbers.
Bytes expected_header(const std::string& name, std::uint64_t flags, const Out& zip64, std::size_t fill) {
  Out out;
  out.u32(0x04034B50).number(0, 2).number(flags, 2).number(0, 2).u32(0).u32(0).u64(0);
  out.number(name.size(), 2).number(zip64.bytes.size() + 4 + fill, 2).chars(name).raw(zip64.bytes);
  return out.chars("FB").number(fill, 2).chars(std::string(fill, 'Z')).bytes;
}
Bytes expected_entry(const std::string& name, std::uint32_t crc, std::uint64_t size, std::uint64_t offset,
                     const Out& zip64) {
  Out out;
  out.u32(0x02014B50).u32(0).number(0x0808, 2).number(0, 2).u32(0).u32(crc).u32(size).u32(size);
  out.number(name.size(), 2).number(zip64.bytes.size(), 2).number(0, 2).number(0, 2).number(0, 2).u32(0);
  return out.u32(offset).chars(name).raw(zip64.bytes).bytes;
}

}  // namespace

TEST_CASE("an archive is what the format says, byte for byte") {
  Bytes bytes;
  const auto sink = [&](std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  const Bytes contents = Out().chars("contents").bytes;
  wick::ZipWriter zip(sink);
  zip.add("x/a", contents);
  zip.add("x/empty", {});
  zip.finish();

  const std::uint32_t crc = bitwise_crc32(contents);
  Out out;
  out.raw(expected_header("x/a", 0x0808, {}, 64 - 37)).raw(contents).u32(0x08074B50).u32(crc).u32(8).u32(8);
  CHECK(out.bytes.size() == 88);
  out.raw(expected_header("x/empty", 0x0800, {}, 128 - 88 + 64 - 41));
  CHECK(out.bytes.size() == 192);
  out.raw(expected_entry("x/a", crc, 8, 0, {}));
  Bytes empty = expected_entry("x/empty", 0, 0, 88, {});
  empty[8] = std::byte{0};  // no descriptor
  out.raw(empty)
      .u32(0x06064B50)
      .u64(44)
      .number(0x031E, 2)
      .number(45, 2)
      .u64(0)
      .u64(2)
      .u64(2)
      .u64(102)
      .u64(192);
  out.u32(0x07064B50).u32(0).u64(294).u32(1);
  out.u32(0x06054B50).u32(0).number(2, 2).number(2, 2).u32(102).u32(192).number(0, 2);
  CHECK(bytes == out.bytes);
}

TEST_CASE("contents begin at multiples of 64 bytes, whatever came before") {
  for (std::uint64_t offset = 0; offset < 130; ++offset) {
    const Bytes header = local_header({.name = "some/name", .offset = offset, .size = 5, .crc = 0});
    CHECK((offset + header.size()) % 64 == 0);
    CHECK(header.size() >= 30 + 9 + 4);
    CHECK(header.size() < 30 + 9 + 4 + 64);
  }
}

// Compared with a file of PyTorch 1.13 of more than 4 GiB: the compressed size before the contents is 0 in
// it.
TEST_CASE("numbers that do not fit in 32 bits go into an extra field, from 2^32 - 1 on") {
  constexpr std::uint64_t top = 0xFFFFFFFF;
  const auto entry = [](std::uint64_t offset, std::uint64_t size) {
    return StoredEntry{.name = "n", .offset = offset, .size = size, .crc = 0x12345678};
  };
  SUBCASE("just small enough") {
    const auto e = entry(top - 1, top - 1);
    CHECK(local_header(e) == expected_header("n", 0x0808, {}, 31));  // 2^32 - 2 + 35 = -31 modulo 64
    CHECK(descriptor(e) == Out().u32(0x08074B50).u32(0x12345678).u32(top - 1).u32(top - 1).bytes);
    CHECK(directory_entry(e) == expected_entry("n", 0x12345678, top - 1, top - 1, {}));
  }
  SUBCASE("a large size") {
    for (const std::uint64_t size : {top, top + 1, std::uint64_t{1} << 40}) {
      const auto e = entry(0, size);
      const Out before = Out().number(1, 2).number(16, 2).u64(size).u64(0);
      const Out zip64 = Out().number(1, 2).number(16, 2).u64(size).u64(size);
      CHECK(local_header(e) == expected_header("n", 0x0808, before, 9));  // 30 + 1 + 20 + 4 = 55
      CHECK(descriptor(e) == Out().u32(0x08074B50).u32(0x12345678).u64(size).u64(size).bytes);
      CHECK(directory_entry(e) == expected_entry("n", 0x12345678, top, 0, zip64));
    }
  }
  SUBCASE("a large offset") {
    for (const std::uint64_t offset : {top, top + 1, std::uint64_t{1} << 40}) {
      const auto e = entry(offset, 3);
      const Out zip64 = Out().number(1, 2).number(8, 2).u64(offset);
      const auto fill = static_cast<std::size_t>((64 - (offset + 47) % 64) % 64);
      CHECK(local_header(e) == expected_header("n", 0x0808, zip64, fill));
      CHECK(descriptor(e) == Out().u32(0x08074B50).u32(0x12345678).u64(3).u64(3).bytes);
      CHECK(directory_entry(e) == expected_entry("n", 0x12345678, 3, top, zip64));
    }
  }
  SUBCASE("both") {
    const auto e = entry(top + 5, top + 7);
    const Out before = Out().number(1, 2).number(24, 2).u64(top + 7).u64(0).u64(top + 5);
    const Out zip64 = Out().number(1, 2).number(24, 2).u64(top + 7).u64(top + 7).u64(top + 5);
    CHECK(local_header(e) == expected_header("n", 0x0808, before, 61));  // 4 + 30 + 1 + 28 + 4 = 67
    CHECK(descriptor(e) == Out().u32(0x08074B50).u32(0x12345678).u64(top + 7).u64(top + 7).bytes);
    CHECK(directory_entry(e) == expected_entry("n", 0x12345678, top, top, zip64));
  }
}

TEST_CASE("the end has its old form too, as far as the numbers fit") {
  const auto end = [](std::uint64_t count, std::uint64_t size, std::uint64_t offset) {
    const Bytes all = bytes_of([&](ByteWriter& out) { wick::detail::put_zip_end(out, count, size, offset); });
    REQUIRE(all.size() == 56 + 20 + 22);
    return Bytes(all.begin() + 76, all.end());
  };
  const auto expected = [](std::uint64_t count, std::uint64_t size, std::uint64_t offset) {
    return Out()
        .u32(0x06054B50)
        .u32(0)
        .number(count, 2)
        .number(count, 2)
        .u32(size)
        .u32(offset)
        .number(0, 2)
        .bytes;
  };
  CHECK(end(65534, 5, 7) == expected(65534, 5, 7));
  CHECK(end(65536, 0x100000000, 0x100000001) == expected(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF));
}
