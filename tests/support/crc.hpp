#pragma once

// Cyclic redundancy checks from their definition, and bytes to try faster ones on.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace wick_tests {

/// The state after one more byte, bit by bit.
[[nodiscard]] inline std::uint32_t bitwise_crc(std::uint32_t polynomial, std::uint32_t state, std::byte b) {
  state ^= std::to_integer<std::uint32_t>(b);
  for (int bit = 0; bit < 8; ++bit) state = (state & 1U) != 0 ? (state >> 1) ^ polynomial : state >> 1;
  return state;
}

[[nodiscard]] inline std::vector<std::byte> noise(std::size_t n, std::uint32_t x = 1) {
  std::vector<std::byte> bytes;
  for (; n > 0; --n) {
    x = x * 1664525U + 1013904223U;
    bytes.push_back(static_cast<std::byte>(x >> 24));
  }
  return bytes;
}

/// Checks `update(state, bytes)` against the definition: all lengths up to 600 and lengths around the blocks
/// that fast code works on, at all alignments of 16 bytes, from several states, in one piece and in two.
template <class Update>
void check_crc(std::uint32_t polynomial, Update&& update) {
  constexpr std::size_t longest = 13000;
  const std::vector<std::byte> bytes = noise(longest + 16);
  for (std::size_t begin = 0; begin < 16; ++begin) {
    const auto all = std::span<const std::byte>(bytes).subspan(begin, longest);
    const auto first = static_cast<std::uint32_t>(begin % 3 == 0 ? 0xFFFFFFFF : begin * 0x9E3779B9);
    std::uint32_t expected = first;
    std::uint32_t random = 1;
    for (std::size_t n = 0; n <= longest; ++n) {
      random = random * 1664525U + 1013904223U;
      if (n <= 600 || random >> 24 == 0 || n % 1024 < 2 || n % 1024 > 1022) {
        CAPTURE(begin);
        CAPTURE(n);
        REQUIRE(update(first, all.first(n)) == expected);
        const std::size_t cut = n == 0 ? 0 : random % (n + 1);
        REQUIRE(update(update(first, all.first(cut)), all.subspan(cut, n - cut)) == expected);
      }
      if (n < longest) expected = bitwise_crc(polynomial, expected, all[n]);
    }
  }
}

}  // namespace wick_tests
