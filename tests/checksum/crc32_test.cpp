#include <wick/checksum/crc32.hpp>

#include "support/crc.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string_view>

namespace {

std::span<const std::byte> bytes_of_text(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("CRC-32 has the published check values") {
  CHECK(wick::crc32(bytes_of_text("")) == 0);
  CHECK(wick::crc32(bytes_of_text("123456789")) == 0xCBF43926);
  CHECK(wick::crc32(bytes_of_text("The quick brown fox jumps over the lazy dog")) == 0x414FA339);
}

TEST_CASE("CRC-32 follows its definition for every length and can be continued anywhere") {
  wick_tests::check_crc(0xEDB88320, [](std::uint32_t state, std::span<const std::byte> bytes) {
    return ~wick::crc32(bytes, ~state);
  });
}

TEST_CASE("CRC-32 works in constant expressions") {
  constexpr std::array a{std::byte{'a'}};
  static_assert(wick::crc32(a) == 0xE8B7BE43);
  CHECK(wick::crc32(a) == 0xE8B7BE43);
}
