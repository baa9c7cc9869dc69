#include <wick/tensor/dtype.hpp>

#include "support/fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <set>
#include <string>

using namespace wick;

namespace {

template <class From>
void check_halves(From x, wick_tests::Fixture& file) {
  CHECK(convert_element<Half>(x).bits == file.get<std::uint16_t>());
  CHECK(convert_element<BFloat16>(x).bits == file.get<std::uint16_t>());
}

}  // namespace

TEST_CASE("the numbers of the checkpoint format do not change") {
  CHECK(static_cast<int>(DType::f64) == 1);
  CHECK(static_cast<int>(DType::f32) == 2);
  CHECK(static_cast<int>(DType::f16) == 3);
  CHECK(static_cast<int>(DType::bf16) == 4);
  CHECK(static_cast<int>(DType::i64) == 5);
  CHECK(static_cast<int>(DType::i32) == 6);
  CHECK(static_cast<int>(DType::i16) == 7);
  CHECK(static_cast<int>(DType::i8) == 8);
  CHECK(static_cast<int>(DType::u8) == 9);
  CHECK(static_cast<int>(DType::boolean) == 10);
  CHECK(static_cast<int>(DType::u16) == 11);
  CHECK(static_cast<int>(DType::u32) == 12);
  CHECK(static_cast<int>(DType::u64) == 13);
  CHECK(static_cast<int>(DType::c64) == 14);
  CHECK(static_cast<int>(DType::c128) == 15);
  CHECK(static_cast<int>(DType::f8_e4m3fn) == 16);
  CHECK(static_cast<int>(DType::f8_e5m2) == 17);
  CHECK(static_cast<int>(DType::f8_e4m3fnuz) == 18);
  CHECK(static_cast<int>(DType::f8_e5m2fnuz) == 19);
  CHECK(static_cast<int>(DType::f8_e8m0fnu) == 20);
  CHECK(all_dtypes.size() == 20);
}

TEST_CASE("names and sizes agree with the C++ type that visit_dtype picks") {
  std::set<std::string> names;
  for (const DType d : all_dtypes) {
    names.emplace(name_of(d));
    visit_dtype(d, [&]<class T>(T) {
      CHECK(dtype_of<T> == d);
      CHECK(sizeof(T) == item_size(d));
      const bool complex = std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;
      CHECK(is_complex(d) == complex);
      CHECK(number_size(d) == (complex ? sizeof(T) / 2 : sizeof(T)));
      CHECK(is_floating(d) == (!std::is_integral_v<T> && !complex));
    });
  }
  CHECK(
      names ==
      std::set<std::string>{
          "float64",         "float32",       "float16",    "bfloat16",      "int64",       "int32",
          "int16",           "int8",          "uint8",      "bool",          "uint16",      "uint32",
          "uint64",          "complex64",     "complex128", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz",
          "float8_e5m2fnuz", "float8_e8m0fnu"});
}

TEST_CASE("elements convert as torch.Tensor.to") {
  // tests/reference/make_half.py
  wick_tests::Fixture file("half.bin");
  for (auto n = file.get<std::uint32_t>(); n > 0; --n) {
    const auto x = file.get<float>();
    CAPTURE(x);
    check_halves(x, file);
  }
  auto n = file.get<std::uint32_t>();
  REQUIRE(n > 300);
  for (; n > 0; --n) {
    const auto x = file.get<double>();
    CAPTURE(x);
    CHECK(convert_element<float>(x) == file.get<float>());
    check_halves(x, file);
    CHECK(convert_element<std::int64_t>(x) == file.get<std::int64_t>());
    CHECK(convert_element<std::int32_t>(std::abs(x) < 2e9 ? x : 0.0) == file.get<std::int32_t>());
    CHECK(convert_element<std::uint8_t>(x >= 0 && x < 256 ? x : 0.0) == file.get<std::uint8_t>());
    CHECK(convert_element<bool>(x) == (file.get<std::uint8_t>() != 0));
  }
  n = file.get<std::uint32_t>();
  REQUIRE(n > 200);
  for (; n > 0; --n) {
    const auto x = file.get<std::int64_t>();
    CAPTURE(x);
    CHECK(convert_element<double>(x) == file.get<double>());
    CHECK(convert_element<float>(x) == file.get<float>());
    check_halves(x, file);
    CHECK(convert_element<std::int32_t>(x) == file.get<std::int32_t>());
    CHECK(convert_element<std::int16_t>(x) == file.get<std::int16_t>());
    CHECK(convert_element<std::int8_t>(x) == file.get<std::int8_t>());
    CHECK(convert_element<std::uint8_t>(x) == file.get<std::uint8_t>());
    CHECK(convert_element<bool>(x) == (file.get<std::uint8_t>() != 0));
  }
  CHECK(file.at_end());
}

TEST_CASE("16-bit floats convert through float") {
  CHECK(convert_element<double>(Half{0x3C01}) == 1 + 0x1p-10);
  CHECK(convert_element<std::int32_t>(Half{0x7BFF}) == 65504);
  CHECK(convert_element<BFloat16>(Half{0x3C01}).bits == 0x3F80);
  CHECK(convert_element<Half>(BFloat16{0x7F7F}).bits == 0x7C00);
  CHECK(convert_element<bool>(Half{0x8000}) == false);
  CHECK(convert_element<bool>(Half{0x0001}) == true);
  CHECK(convert_element<Half>(true).bits == 0x3C00);
}

TEST_CASE("floats that no integer can hold give defined integers") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr auto lowest = (std::numeric_limits<std::int64_t>::min)();
  constexpr auto highest = (std::numeric_limits<std::int64_t>::max)();
  CHECK(convert_element<std::int64_t>(inf) == highest);
  CHECK(convert_element<std::int64_t>(-inf) == lowest);
  CHECK(convert_element<std::int64_t>(0x1p63) == highest);
  CHECK(convert_element<std::int64_t>(-0x1p63) == lowest);
  CHECK(convert_element<std::int64_t>(std::nextafter(0x1p63, 0.0)) == highest - 1023);
  CHECK(convert_element<std::int64_t>(std::numeric_limits<float>::quiet_NaN()) == 0);
  CHECK(convert_element<bool>(std::numeric_limits<float>::quiet_NaN()) == true);  // as in PyTorch
  CHECK(convert_element<std::uint8_t>(-1.0F) == 255);                             // as in PyTorch
}
