#include <wick/checksum/detail/crc.hpp>
#include <wick/checksum/detail/crc_wide.hpp>

#include "support/crc.hpp"

#include <doctest/doctest.h>

TEST_CASE("multiplication in 256 bits follows the definition for every length, alignment, state and cut") {
#if defined(__x86_64__) && defined(__GNUC__)
  using namespace wick::detail;
  if (has_crc_wide()) {
    wick_tests::check_crc(crc32_polynomial, crc32_wide);
    wick_tests::check_crc(crc32c_polynomial, crc32c_wide);
  } else {
    MESSAGE("this processor does not multiply in 256 bits without carry");
  }
#else
  MESSAGE("not for this processor or compiler");
#endif
}
