#include <wick/checksum/crc32c.hpp>

#include "io/wick/crafted.hpp"
#include "support/crc.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

using wick::crc32c;
using wick_tests::Bytes;

TEST_CASE("CRC-32C has the values of RFC 3720, appendix B.4") {
  CHECK(crc32c(Bytes(32, std::byte{0})) == 0x8A9136AAU);
  CHECK(crc32c(Bytes(32, std::byte{0xFF})) == 0x62A8AB43U);
  Bytes up;
  Bytes down;
  for (unsigned i = 0; i < 32; ++i) {
    up.push_back(static_cast<std::byte>(i));
    down.push_back(static_cast<std::byte>(31 - i));
  }
  CHECK(crc32c(up) == 0x46DD794EU);
  CHECK(crc32c(down) == 0x113FDB5CU);
  // An iSCSI read command, the last example of the appendix.
  wick_tests::Out command;
  for (const std::uint32_t word : {0x01C00000U, 0U, 0U, 0U, 0x14000000U, 0x00000400U, 0x00000014U,
                                   0x00000018U, 0x28000000U, 0U, 0x02000000U, 0U}) {
    for (int shift = 24; shift >= 0; shift -= 8) command.u8(word >> shift & 0xFFU);
  }
  CHECK(crc32c(command.bytes) == 0xD9963A56U);
}

TEST_CASE("CRC-32C has the check value of the catalogue of CRCs, and none for no bytes") {
  constexpr std::string_view digits = "123456789";
  CHECK(crc32c(std::as_bytes(std::span(digits))) == 0xE3069283U);
  CHECK(crc32c({}) == 0);
}

TEST_CASE("CRC-32C agrees with its definition for every length, alignment and cut") {
  wick_tests::check_crc(0x82F63B78, [](std::uint32_t state, std::span<const std::byte> bytes) {
    return ~crc32c(bytes, ~state);
  });
}

TEST_CASE("CRC-32C sees every change of one bit") {
  Bytes bytes(100, std::byte{0x5A});
  const std::uint32_t before = crc32c(bytes);
  for (std::byte& b : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      b ^= static_cast<std::byte>(1U << bit);
      REQUIRE(crc32c(bytes) != before);
      b ^= static_cast<std::byte>(1U << bit);
    }
  }
}
