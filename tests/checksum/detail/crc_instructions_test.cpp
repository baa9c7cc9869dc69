#include <wick/checksum/detail/crc_instructions.hpp>

#include "support/crc.hpp"

#include <doctest/doctest.h>

TEST_CASE("the processor's instructions follow the definition for every length, alignment, state and cut") {
  using namespace wick::detail;
#if defined(__x86_64__) && defined(__GNUC__)
  if (has_crc32c_instructions()) {
    wick_tests::check_crc(crc32c_polynomial, crc32c_by_instructions);
  } else {
    MESSAGE("this processor has no CRC-32C");
  }
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
  wick_tests::check_crc(crc32_polynomial, crc_by_instructions<crc32_polynomial>);
  wick_tests::check_crc(crc32c_polynomial, crc_by_instructions<crc32c_polynomial>);
#else
  MESSAGE("not for this processor or compiler");
#endif
}
