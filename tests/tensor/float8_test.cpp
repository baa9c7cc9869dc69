#include <wick/tensor/dtype.hpp>
#include <wick/tensor/float8.hpp>

#include "support/fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <cstdint>

using namespace wick;

namespace {

// tests/reference/make_float8.py
template <Float8Format F>
void check_values(wick_tests::Fixture& file) {
  for (unsigned bits = 0; bits < 256; ++bits) {
    CAPTURE(bits);
    const Float8<F> x{static_cast<std::uint8_t>(bits)};
    const float expected = file.get<float>();
    const float got = to_float(x);
    if (std::isnan(expected)) {
      CHECK(std::isnan(got));
      CHECK(std::isnan(to_float(to_float8<F>(got))));
    } else {
      CHECK(got == expected);
      CHECK(std::signbit(got) == std::signbit(expected));
      CHECK(to_float8<F>(got) == x);
    }
  }
}

template <Float8Format F>
void check_rounding(float x, wick_tests::Fixture& file) {
  const auto expected = file.get<std::uint8_t>();
  if (std::isnan(x)) return;  // The sign of NaN carries nothing.
  CHECK(static_cast<int>(to_float8<F>(x).bits) == static_cast<int>(expected));
}

}  // namespace

TEST_CASE("8-bit floats, unsigned integers and complex numbers convert as torch.Tensor.to") {
  wick_tests::Fixture file("float8.bin");
  check_values<Float8Format::e4m3fn>(file);
  check_values<Float8Format::e5m2>(file);
  check_values<Float8Format::e4m3fnuz>(file);
  check_values<Float8Format::e5m2fnuz>(file);
  check_values<Float8Format::e8m0fnu>(file);

  auto n = file.get<std::uint32_t>();
  REQUIRE(n > 5000);
  for (; n > 0; --n) {
    const auto x = file.get<float>();
    CAPTURE(x);
    check_rounding<Float8Format::e4m3fn>(x, file);
    check_rounding<Float8Format::e5m2>(x, file);
    check_rounding<Float8Format::e4m3fnuz>(x, file);
    check_rounding<Float8Format::e5m2fnuz>(x, file);
    check_rounding<Float8Format::e8m0fnu>(x, file);
  }

  n = file.get<std::uint32_t>();
  REQUIRE(n > 200);
  for (; n > 0; --n) {
    const auto x = file.get<double>();
    CAPTURE(x);
    CHECK(convert_element<std::uint16_t>(x < 0x1p16 ? x : 0.0) == file.get<std::uint16_t>());
    CHECK(convert_element<std::uint32_t>(x < 0x1p32 ? x : 0.0) == file.get<std::uint32_t>());
    CHECK(convert_element<std::uint64_t>(x) == file.get<std::uint64_t>());
  }

  n = file.get<std::uint32_t>();
  REQUIRE(n == 100);
  for (; n > 0; --n) {
    const auto re = file.get<double>();
    const auto im = file.get<double>();
    const std::complex<double> z(re, im);
    const auto re32 = file.get<float>();
    const auto im32 = file.get<float>();
    CHECK(convert_element<std::complex<float>>(z) == std::complex<float>(re32, im32));
    CHECK(convert_element<double>(z) == file.get<double>());
    CHECK(convert_element<bool>(z) == (file.get<std::uint8_t>() != 0));
    CHECK(convert_element<std::complex<double>>(re) == std::complex<double>(re, 0));
  }
  CHECK(file.at_end());
}

TEST_CASE("8-bit floats convert through float") {
  using E4 = Float8<Float8Format::e4m3fn>;
  using E5 = Float8<Float8Format::e5m2>;
  CHECK(convert_element<double>(E4{0x7E}) == 448);
  CHECK(convert_element<E5>(E4{0x7E}).bits == 0x5F);
  CHECK(convert_element<E4>(std::int64_t{-2}).bits == 0xC0);
  CHECK(convert_element<E4>(std::complex<float>(1, 7)).bits == 0x38);
  CHECK(convert_element<std::complex<float>>(E4{0x38}) == std::complex<float>(1, 0));
  CHECK(convert_element<bool>(E4{0x80}) == false);
  CHECK(convert_element<Half>(E5{0x7C}).bits == 0x7C00);
}
