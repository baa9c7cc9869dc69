#include <wick/io/numpy/npy.hpp>

#include "support/files.hpp"
#include "support/fixture.hpp"
#include "support/peak.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

using wick_tests::contains;
using wick_tests::message_of;

namespace {

std::span<const std::byte> bytes_of_text(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("arrays are those that NumPy wrote, and are written as NumPy writes them") {
  wick_tests::Fixture expected("numpy.bin");
  const auto files = expected.get<std::uint32_t>();
  REQUIRE(files == 33);
  const wick_tests::TempDir dir;
  for (std::uint32_t i = 0; i < files; ++i) {
    CAPTURE(i);
    const std::string file = expected.text();
    const bool plain = expected.get<std::uint8_t>() != 0;
    const std::string dtype = expected.text();
    const wick::Shape shape = expected.shape();
    const std::string elements = expected.text();
    const wick::AnyTensor tensor = wick::read_npy(bytes_of_text(file));
    CHECK(name_of(tensor.dtype()) == dtype);
    CHECK(tensor.shape() == shape);
    CHECK(std::ranges::equal(tensor.bytes(), bytes_of_text(elements)));

    std::ostringstream out;
    wick::write_npy(tensor, out);
    if (plain) CHECK(out.str() == file);
    CHECK(wick::read_npy(bytes_of_text(out.str())) == tensor);
    wick::write_npy(tensor, dir / "x.npy", {.durable = false});
    CHECK(wick::read_npy(dir / "x.npy") == tensor);
    std::istringstream in(file);
    CHECK(wick::read_npy(in) == tensor);
  }

  const auto refused = expected.get<std::uint32_t>();
  REQUIRE(refused == 40);
  for (std::uint32_t i = 0; i < refused; ++i) {
    CAPTURE(i);
    const std::string file = expected.text();
    const std::string what = expected.text();
    const std::string message =
        message_of<wick::FormatError>([&] { static_cast<void>(wick::read_npy(bytes_of_text(file))); });
    CAPTURE(message);
    CAPTURE(what);
    // Where sizes have 32 bits, some are too large for another reason.
    if (sizeof(wick::Index) > 4) CHECK(contains(message, what));
    CHECK(contains(message, "<memory>: at byte "));
  }
}

TEST_CASE(
    "a file that is cut off anywhere, or with another byte in its header, is refused or the same array") {
  std::ostringstream out;
  wick::write_npy(wick::AnyTensor::copy_of(wick::Tensor<float>::from({1, 2, 3})), out);
  const std::string file = out.str();
  const wick::AnyTensor array = wick::read_npy(bytes_of_text(file));
  for (std::size_t n = 0; n < file.size(); ++n) {
    CHECK_THROWS_AS(static_cast<void>(wick::read_npy(bytes_of_text(file.substr(0, n)))), wick::FormatError);
  }
  for (std::size_t i = 0; i < 128; ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string damaged = file;
      damaged[i] = static_cast<char>(c);
      try {
        const wick::AnyTensor read = wick::read_npy(bytes_of_text(damaged));
        CHECK(read.bytes().size() == 12);
      } catch (const wick::FormatError&) {
      }
    }
  }
}

TEST_CASE("what is written is what NumPy has, and a file that is there stays when it is not") {
  const wick_tests::TempDir dir;
  wick::write_npy(wick::Tensor<std::int64_t>::from({{1, 2}, {3, 4}}), dir / "x.npy");
  CHECK(wick::read_npy(dir / "x.npy").to<float>().at(1, 0) == 3);
  const auto before = wick_tests::read_bytes(dir / "x.npy");
  const auto b16 = wick::AnyTensor::copy_of(wick::Tensor<wick::BFloat16>(wick::Shape{2}));
  CHECK(message_of<wick::OptionError>([&] { wick::write_npy(b16, dir / "x.npy"); }) ==
        "write_npy: NumPy has no dtype bfloat16; convert the tensor to float32");
  CHECK(wick_tests::read_bytes(dir / "x.npy") == before);
  CHECK_THROWS_AS(static_cast<void>(wick::read_npy(dir / "none.npy")), wick::FileError);
}

TEST_CASE("an array is in memory once, and no size of a header makes more") {
  const wick_tests::TempDir dir;
  wick::write_npy(wick::Tensor<float>::zeros({1000, 1000}), dir / "x.npy", {.durable = false});
  wick::AnyTensor array;
  CHECK(wick_tests::cost_of([&] { array = wick::read_npy(dir / "x.npy"); }).bytes < 4'100'000);
  CHECK(array.shape() == wick::Shape{1000, 1000});
  const std::string lie = std::string("\x93NUMPY\x01\0\x40\0", 10) +
                          "{'descr': '<f8', 'fortran_order': True, 'shape': (99999999999,)}";
  const auto cost = wick_tests::cost_of(
      [&] { CHECK_THROWS_AS(static_cast<void>(wick::read_npy(bytes_of_text(lie))), wick::FormatError); });
  CHECK(cost.bytes < 10'000);
}
