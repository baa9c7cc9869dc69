#include <wick/data/transforms.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <ios>
#include <limits>
#include <string>

using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("all 256 pixel values are torchvision's, bit for bit") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/transforms.txt");
  REQUIRE(file);
  file >> std::hex;
  const wick::PixelTable<float> unit({.mean = 0, .std = 1});
  const wick::PixelTable<float> half;
  const wick::PixelTable<float> fashion({.mean = 0.2860, .std = 0.3530});
  const wick::PixelTable<double> fashion64({.mean = 0.2860, .std = 0.3530});
  for (int i = 0; i < 256; ++i) {
    CAPTURE(i);
    std::uint32_t to_tensor = 0;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint64_t c = 0;
    file >> to_tensor >> a >> b >> c;
    REQUIRE(file);
    const auto x = static_cast<std::uint8_t>(i);
    CHECK(std::bit_cast<std::uint32_t>(wick::ToTensor::apply(x)) == to_tensor);
    CHECK(std::bit_cast<std::uint32_t>(unit[x]) == to_tensor);
    CHECK(std::bit_cast<std::uint32_t>(half[x]) == a);
    CHECK(std::bit_cast<std::uint32_t>(fashion[x]) == b);
    CHECK(std::bit_cast<std::uint64_t>(fashion64[x]) == c);
  }
}

TEST_CASE("a row of pixels is converted element by element") {
  const wick::PixelTable<double> table;
  const std::uint8_t pixels[] = {0, 255, 51};
  double out[3];
  table.apply(pixels, out);
  CHECK(out[0] == -1.0);
  CHECK(out[1] == 1.0);
  CHECK(std::abs(out[2] + 0.6) < 1e-15);
}

TEST_CASE("normalisations that are impossible are refused") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refusal = [](double mean, double deviation) {
    return message_of<wick::OptionError>([&] { wick::PixelTable<float>({.mean = mean, .std = deviation}); });
  };
  for (const double bad : {0.0, -0.5, inf, nan, 1e-300, 1e300}) {
    CHECK(contains(refusal(0.5, bad), "Normalize: std must be finite and > 0, got "));
  }
  CHECK(refusal(0.5, -0.5) == "Normalize: std must be finite and > 0, got -0.5");
  for (const double bad : {inf, -inf, nan, 1e300}) {
    CHECK(contains(refusal(bad, 0.5), "Normalize: mean must be finite, got "));
  }
  CHECK_NOTHROW(wick::PixelTable<double>({.mean = 1e300, .std = 1e300}));
}
