#include <wick/io/torch/read.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

using wick_tests::bytes_of;
using wick_tests::message_of;

TEST_CASE("what is not a file of torch.save is named") {
  CHECK(message_of<wick::FormatError>([] {
          static_cast<void>(wick::read_torch(bytes_of({0x1f, 0x8b, 8})));
        }) == "<memory>: at byte 0: expected a file of torch.save, got a gzip file; unpack it first");
}
