#include <wick/core/crc32.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace {

std::span<const std::byte> bytes_of_text(std::string_view text) { return std::as_bytes(std::span(text)); }

// The definition, bit by bit.
std::uint32_t slow_crc32(std::span<const std::byte> bytes) {
  std::uint32_t c = 0xFFFFFFFF;
  for (const std::byte b : bytes) {
    c ^= std::to_integer<std::uint32_t>(b);
    for (int bit = 0; bit < 8; ++bit) c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320 : c >> 1;
  }
  return ~c;
}

}  // namespace

TEST_CASE("CRC-32 has the published check values") {
  CHECK(wick::crc32(bytes_of_text("")) == 0);
  CHECK(wick::crc32(bytes_of_text("123456789")) == 0xCBF43926);
  CHECK(wick::crc32(bytes_of_text("The quick brown fox jumps over the lazy dog")) == 0x414FA339);
}

TEST_CASE("CRC-32 follows its definition for every length and can be continued anywhere") {
  std::vector<std::byte> data;
  std::uint32_t x = 1;
  for (int length = 0; length < 70; ++length) {
    const std::uint32_t expected = slow_crc32(data);
    CHECK(wick::crc32(data) == expected);
    const std::span<const std::byte> all(data);
    for (std::size_t cut = 0; cut <= data.size(); ++cut) {
      CHECK(wick::crc32(all.subspan(cut), wick::crc32(all.first(cut))) == expected);
    }
    x = x * 1664525 + 1013904223;
    data.push_back(static_cast<std::byte>(x >> 24));
  }
}
