#include <wick/checksum/detail/crc_fold.hpp>

#include "support/crc.hpp"

#include <doctest/doctest.h>

TEST_CASE("folding follows the definition for every length, alignment, state and cut") {
#if defined(__x86_64__) && defined(__GNUC__)
  using namespace wick::detail;
  if (has_crc_by_folding()) {
    wick_tests::check_crc(crc32_polynomial, crc_by_folding<crc32_polynomial>);
    wick_tests::check_crc(crc32c_polynomial, crc_by_folding<crc32c_polynomial>);
  } else {
    MESSAGE("this processor has no carry-less multiplication");
  }
#else
  MESSAGE("not for this processor or compiler");
#endif
}
