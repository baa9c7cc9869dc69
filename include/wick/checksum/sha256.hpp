#pragma once

// SHA-256, by which a file is known again: nobody can make another one with the same.

#include <wick/version.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// SHA-256 of bytes that come in pieces. Source: FIPS 180-4, sections 5 and 6.2,
/// https://doi.org/10.6028/NIST.FIPS.180-4
class Sha256 {
 public:
  /// More bytes.
  void update(std::span<const std::byte> bytes) noexcept {
    size_ += bytes.size();
    while (!bytes.empty()) {
      const std::size_t part = (std::min)(bytes.size(), block_.size() - filled_);
      std::ranges::copy(bytes.first(part), block_.begin() + static_cast<std::ptrdiff_t>(filled_));
      bytes = bytes.subspan(part);
      filled_ += part;
      if (filled_ == block_.size()) {
        mix(state_, block_);
        filled_ = 0;
      }
    }
  }

  /// The hash of all bytes so far.
  [[nodiscard]] std::array<std::byte, 32> digest() const noexcept {
    Sha256 end = *this;
    const std::uint64_t bits = size_ * 8;
    constexpr std::array<std::byte, 1> one{std::byte{0x80}};
    constexpr std::array<std::byte, 1> zero{};
    end.update(one);
    while (end.filled_ != end.block_.size() - sizeof bits) end.update(zero);
    std::array<std::byte, sizeof bits> length{};
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<std::byte>(bits >> (56 - 8 * i) & 0xFFU);
    }
    end.update(length);
    std::array<std::byte, 32> result{};
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = static_cast<std::byte>(end.state_[i / 4] >> (24 - 8 * (i % 4)) & 0xFFU);
    }
    return result;
  }

  /// The hash in 64 hexadecimal digits, as sha256sum prints it.
  [[nodiscard]] std::string hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte b : digest()) {
      const auto value = std::to_integer<unsigned>(b);
      text += digits[value >> 4U];
      text += digits[value & 15U];
    }
    return text;
  }

 private:
  using Words = std::array<std::uint32_t, 8>;

  static void mix(Words& state, const std::array<std::byte, 64>& block) noexcept {
    // The first 32 bits of the fractions of the cube roots of the first 64 primes.
    static constexpr std::array<std::uint32_t, 64> constants{
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    std::array<std::uint32_t, 64> schedule{};
    for (std::size_t t = 0; t < 64; ++t) {
      if (t < 16) {
        for (std::size_t i = 0; i < 4; ++i) {
          schedule[t] = schedule[t] << 8U | std::to_integer<std::uint32_t>(block[4 * t + i]);
        }
        continue;
      }
      const std::uint32_t x = schedule[t - 15];
      const std::uint32_t y = schedule[t - 2];
      schedule[t] = schedule[t - 16] + (std::rotr(x, 7) ^ std::rotr(x, 18) ^ x >> 3U) + schedule[t - 7] +
                    (std::rotr(y, 17) ^ std::rotr(y, 19) ^ y >> 10U);
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (std::size_t t = 0; t < 64; ++t) {
      const std::uint32_t first = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                                  ((e & f) ^ (~e & g)) + constants[t] + schedule[t];
      const std::uint32_t second =
          (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = d + first;
      d = c;
      c = b;
      b = a;
      a = first + second;
    }
    const Words change{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state.size(); ++i) state[i] += change[i];
  }

  // The first 32 bits of the fractions of the square roots of the first eight primes.
  Words state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> block_{};
  std::size_t filled_ = 0;
  std::uint64_t size_ = 0;
};

WICK_END_NAMESPACE
