#include <wick/io/bytes/bytes.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using wick::ByteReader;
using wick::ByteWriter;
using wick_tests::bytes_of;
using wick_tests::message_of;
using Bytes = std::vector<std::byte>;

namespace {

Bytes copy(const ByteWriter& out) { return {out.bytes().begin(), out.bytes().end()}; }

}  // namespace

TEST_CASE("numbers are written with the low byte first") {
  ByteWriter out;
  out.put(std::uint8_t{0xAB});
  out.put(std::uint16_t{0x0102});
  out.put(std::uint32_t{0x03040506});
  out.put(std::uint64_t{0x0708090A0B0C0D0E});
  out.put_i64(-2);
  out.put_f64(-1.5);
  out.put_string("hi");
  CHECK(copy(out) == bytes_of({0xAB, 2, 1,    6,    5,    4,    3,    0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 9,
                               8,    7, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0,    0,    0,
                               0,    0, 0,    0xF8, 0xBF, 2,    0,    0,    0,    'h',  'i'}));
}

TEST_CASE("padding and patches leave the other bytes alone") {
  ByteWriter out;
  out.pad(8);
  CHECK(out.size() == 0);
  out.put(std::uint8_t{1});
  out.put(std::uint8_t{2});
  out.pad(4);
  CHECK(copy(out) == bytes_of({1, 2, 0, 0}));
  out.pad(4);
  CHECK(out.size() == 4);
  out.patch(1, std::uint16_t{0x0908});
  CHECK(copy(out) == bytes_of({1, 8, 9, 0}));
}

TEST_CASE("what was written is read back, to the last byte") {
  ByteWriter out;
  out.put(std::uint8_t{255});
  out.put(std::uint16_t{65535});
  out.put(std::uint32_t{4000000000U});
  out.put((std::numeric_limits<std::uint64_t>::max)());
  out.put_i64((std::numeric_limits<std::int64_t>::min)());
  out.put_f64(-0.0);
  out.put_f64(std::numeric_limits<double>::quiet_NaN());
  out.put_string("K\xC3\xA4se");
  out.put_string("");
  ByteReader in(out.bytes(), "f", 100);
  CHECK(in.offset() == 100);
  CHECK(in.name() == "f");
  CHECK(in.get<std::uint8_t>("a") == 255);
  CHECK(in.get<std::uint16_t>("b") == 65535);
  CHECK(in.get<std::uint32_t>("c") == 4000000000U);
  CHECK(in.get<std::uint64_t>("d") == (std::numeric_limits<std::uint64_t>::max)());
  CHECK(in.get_i64("e") == (std::numeric_limits<std::int64_t>::min)());
  CHECK(std::signbit(in.get_f64("f")));
  CHECK(std::isnan(in.get_f64("g")));
  CHECK(in.get_string("h", 5, "option") == "K\xC3\xA4se");
  CHECK(in.left() == 4);
  CHECK(in.get_string("i", 0, "option").empty());
  CHECK(in.left() == 0);
  CHECK(in.offset() == 100 + out.size());
}

TEST_CASE("every read past the end is refused with its position, and reads nothing") {
  for (std::size_t n = 0; n < 8; ++n) {
    CAPTURE(n);
    const Bytes bytes(n, std::byte{1});
    ByteReader in(bytes, "name.wick", 40);
    const auto refused = [&](auto&& read, std::size_t needed) {
      CHECK(message_of<wick::FormatError>([&] { static_cast<void>(read()); }) ==
            "name.wick: at byte 40: thing needs " + std::to_string(needed) + " bytes, " + std::to_string(n) +
                " are left");
    };
    if (n < 1) refused([&] { return in.get<std::uint8_t>("thing"); }, 1);
    if (n < 2) refused([&] { return in.get<std::uint16_t>("thing"); }, 2);
    if (n < 4) refused([&] { return in.get<std::uint32_t>("thing"); }, 4);
    if (n < 4) refused([&] { return in.get_string("thing", 9, "option"); }, 4);
    refused([&] { return in.get<std::uint64_t>("thing"); }, 8);
    refused([&] { return in.get_i64("thing"); }, 8);
    refused([&] { return in.get_f64("thing"); }, 8);
    refused([&] { return in.get_count("thing", 1); }, 8);
    refused([&] { return in.take(n + 1, "thing"); }, n + 1);
    CHECK(in.left() == n);
    CHECK(in.take(n, "thing").size() == n);
  }
  ByteReader in({}, "f");
  CHECK(message_of<wick::FormatError>([&] {
          static_cast<void>(in.take((std::numeric_limits<std::uint64_t>::max)(), "all"));
        }) == "f: at byte 0: all needs 18446744073709551615 bytes, 0 are left");
}

TEST_CASE("texts are refused when they are too long, cut off or not UTF-8") {
  const auto read = [](const Bytes& bytes, std::uint32_t limit) {
    return message_of<wick::FormatError>(
        [&] { static_cast<void>(ByteReader(bytes, "f").get_string("name", limit, "option")); });
  };
  CHECK(read(bytes_of({4, 0, 0, 0, 'a', 'b', 'c', 'd'}), 3) ==
        "f: at byte 4: name has 4 bytes, the limit is 3 (option)");
  CHECK(read(bytes_of({0xFF, 0xFF, 0xFF, 0xFF, 'a'}), 512) ==
        "f: at byte 4: name has 4294967295 bytes, the limit is 512 (option)");
  CHECK(read(bytes_of({4, 0, 0, 0, 'a', 'b', 'c'}), 9) == "f: at byte 4: name needs 4 bytes, 3 are left");
  CHECK(read(bytes_of({2, 0, 0, 0, 0xC3, 0x28}), 9) == "f: at byte 6: name is not UTF-8");
}

TEST_CASE("a count is refused when so many items cannot be there") {
  const auto count = [](std::uint64_t n, std::uint64_t item, std::size_t behind) {
    ByteWriter out;
    out.put(n);
    for (std::size_t i = 0; i < behind; ++i) out.put(std::uint8_t{0});
    return ByteReader(out.bytes(), "f").get_count("count", item);
  };
  CHECK(count(3, 8, 24) == 3);
  CHECK(count(3, 8, 31) == 3);
  CHECK(count(0, 8, 0) == 0);
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(count(3, 8, 23)); }) ==
        "f: at byte 8: count is 3, but only 23 bytes are left");
  // 2^61 * 8 wraps around to 0.
  CHECK_THROWS_AS(static_cast<void>(count(std::uint64_t{1} << 61, 8, 64)), wick::FormatError);
  CHECK_THROWS_AS(static_cast<void>(count((std::numeric_limits<std::uint64_t>::max)(), 4, 64)),
                  wick::FormatError);
}

TEST_CASE("padding is skipped up to the next multiple and must be zero") {
  const Bytes good = bytes_of({7, 0, 0, 0, 9});
  ByteReader in(good, "f");
  in.skip_padding(4);
  CHECK(in.left() == 5);
  CHECK(in.get<std::uint8_t>("x") == 7);
  in.skip_padding(4);
  CHECK(in.get<std::uint8_t>("y") == 9);
  CHECK(message_of<wick::FormatError>([&] { in.skip_padding(4); }) ==
        "f: at byte 5: padding needs 1 bytes, 0 are left");
  for (const auto& bad : {bytes_of({7, 1, 0, 0}), bytes_of({7, 0, 0, 0x80})}) {
    ByteReader damaged(bad, "f");
    CHECK(damaged.get<std::uint8_t>("x") == 7);
    CHECK_THROWS_AS(damaged.skip_padding(4), wick::FormatError);
  }
}

TEST_CASE("UTF-8 is exactly what encodes a character") {
  // Every code point by the definition of UTF-8 (RFC 3629), surrogates excepted.
  for (std::uint32_t code = 0; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 61) {
    std::string text;
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    const auto tail = [&](int shift) { put(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6), tail(0);
    } else if (code < 0x10000) {
      put(0xE0 | code >> 12), tail(6), tail(0);
    } else {
      put(0xF0 | code >> 18), tail(12), tail(6), tail(0);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    REQUIRE(ByteReader::is_utf8(text) == !surrogate);
    REQUIRE(ByteReader::is_utf8("a" + text + "b") == !surrogate);
    if (text.size() > 1) REQUIRE_FALSE(ByteReader::is_utf8(text.substr(0, text.size() - 1)));
    if (text.size() > 1) REQUIRE_FALSE(ByteReader::is_utf8(text.substr(0, text.size() - 1) + "x"));
    if (text.size() > 1) REQUIRE_FALSE(ByteReader::is_utf8(text.substr(1)));
  }
  CHECK(ByteReader::is_utf8(""));
  CHECK(ByteReader::is_utf8(std::string_view("a\0b", 3)));
  CHECK(ByteReader::is_utf8("\xEF\xBF\xBF"));            // U+FFFF
  CHECK(ByteReader::is_utf8("\xF4\x8F\xBF\xBF"));        // U+10FFFF
  CHECK_FALSE(ByteReader::is_utf8("\xF4\x90\x80\x80"));  // one past it
}

TEST_CASE("overlong forms, surrogates and stray bytes are not UTF-8") {
  for (const std::string_view bad :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\x80", "\xBF", "\xFE", "\xFF", "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xE2\x28\xA1", "\xC3\xC3"}) {
    CAPTURE(std::to_string(static_cast<unsigned char>(bad[0])));
    CHECK_FALSE(ByteReader::is_utf8(bad));
  }
}
