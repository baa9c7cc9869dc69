#include <wick/checksum/detail/crc.hpp>

#include "support/crc.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

using namespace wick::detail;

TEST_CASE("the tables follow the definition for every length, alignment, state and cut") {
  wick_tests::check_crc(crc32_polynomial, crc_by_table<crc32_polynomial>);
  wick_tests::check_crc(crc32c_polynomial, crc_by_table<crc32c_polynomial>);
}

TEST_CASE("the tables work in constant expressions") {
  constexpr std::array nine{std::byte{'1'}, std::byte{'2'}, std::byte{'3'}, std::byte{'4'}, std::byte{'5'},
                            std::byte{'6'}, std::byte{'7'}, std::byte{'8'}, std::byte{'9'}};
  static_assert(~crc_by_table<crc32_polynomial>(0xFFFFFFFF, nine) == 0xCBF43926);
  static_assert(~crc_by_table<crc32c_polynomial>(0xFFFFFFFF, nine) == 0xE3069283);
}

TEST_CASE("a power of x moves a state over as many zero bits") {
  // x^32 is the polynomial without its first term.
  static_assert(crc_power_of_x<crc32_polynomial>(0) == 0x80000000);
  static_assert(crc_power_of_x<crc32_polynomial>(31) == 1);
  static_assert(crc_power_of_x<crc32_polynomial>(32) == crc32_polynomial);
  static_assert(crc_power_of_x<crc32c_polynomial>(32) == crc32c_polynomial);
  std::uint32_t state = 0x12345678;
  for (std::uint64_t n = 0; n < 3000; ++n) {
    REQUIRE(crc_multiply<crc32c_polynomial>(0x12345678, crc_power_of_x<crc32c_polynomial>(8 * n)) == state);
    REQUIRE(crc_multiply<crc32c_polynomial>(crc_power_of_x<crc32c_polynomial>(8 * n), 0x12345678) == state);
    state = wick_tests::bitwise_crc(crc32c_polynomial, state, std::byte{0});
  }
}
