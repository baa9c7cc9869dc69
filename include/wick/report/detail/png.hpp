#pragma once

// Small pictures inside other files: PNG without compression, and base64.

#include <wick/checksum/crc32.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Bytes of a PNG file, most significant first. Source: RFC 2083, https://www.rfc-editor.org/rfc/rfc2083
class PngBytes {
 public:
  [[nodiscard]] const std::vector<std::byte>& bytes() const& noexcept { return bytes_; }
  [[nodiscard]] std::vector<std::byte> bytes() && noexcept { return std::move(bytes_); }

  void put(std::string_view text) {
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
  }
  void put(std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes_.push_back(static_cast<std::byte>(number >> shift & 255U));
  }
  void chunk(std::string_view type, std::span<const std::byte> data) {
    put(static_cast<std::uint32_t>(data.size()));
    const std::size_t begin = bytes_.size();
    put(type);
    bytes_.insert(bytes_.end(), data.begin(), data.end());
    put(crc32(std::span(bytes_).subspan(begin)));
  }

 private:
  std::vector<std::byte> bytes_;
};

/// `data` as a zlib stream of stored blocks. Source: RFC 1950 and RFC 1951
[[nodiscard]] inline std::vector<std::byte> zlib_stored(std::span<const std::byte> data) {
  std::vector<std::byte> result{std::byte{0x78}, std::byte{0x01}};
  constexpr std::uint32_t modulus = 65521;
  std::uint32_t sum = 1;
  std::uint32_t sum_of_sums = 0;
  for (const std::byte b : data) {
    sum = (sum + std::to_integer<std::uint32_t>(b)) % modulus;
    sum_of_sums = (sum_of_sums + sum) % modulus;
  }
  do {
    constexpr std::size_t most = 65535;
    const std::span<const std::byte> block = data.first((std::min)(data.size(), most));
    data = data.subspan(block.size());
    const auto size = static_cast<std::uint32_t>(block.size());
    result.push_back(data.empty() ? std::byte{1} : std::byte{0});
    for (const std::uint32_t word : {size, ~size}) {
      result.push_back(static_cast<std::byte>(word & 255U));
      result.push_back(static_cast<std::byte>(word >> 8U & 255U));
    }
    result.insert(result.end(), block.begin(), block.end());
  } while (!data.empty());
  for (const std::uint32_t word : {sum_of_sums, sum}) {
    result.push_back(static_cast<std::byte>(word >> 8U & 255U));
    result.push_back(static_cast<std::byte>(word & 255U));
  }
  return result;
}

/// A picture (H, W), (H, W, 1) or (H, W, 3) as a PNG file. No compression: this room needs nothing beyond the
/// library, and such pictures are small.
[[nodiscard]] inline std::vector<std::byte> stored_png(TensorArg<std::uint8_t> pixels) {
  const Index height = pixels.size(0);
  const Index width = pixels.size(1);
  const Index channels = pixels.dim() == 3 ? pixels.size(2) : 1;
  std::vector<std::byte> rows;
  for (Index y = 0; y < height; ++y) {
    rows.push_back(std::byte{0});  // no filter
    const auto row = std::as_bytes(pixels.span()).subspan(static_cast<std::size_t>(y * width * channels));
    const auto row_bytes = row.first(static_cast<std::size_t>(width * channels));
    rows.insert(rows.end(), row_bytes.begin(), row_bytes.end());
  }
  PngBytes header;
  header.put(static_cast<std::uint32_t>(width));
  header.put(static_cast<std::uint32_t>(height));
  constexpr std::string_view grey("\x08\x00\x00\x00\x00", 5);
  constexpr std::string_view colour("\x08\x02\x00\x00\x00", 5);
  header.put(channels == 3 ? colour : grey);
  PngBytes png;
  png.put(std::string_view("\x89PNG\r\n\x1A\n"));
  png.chunk("IHDR", header.bytes());
  png.chunk("IDAT", zlib_stored(rows));
  png.chunk("IEND", {});
  return std::move(png).bytes();
}

/// Source: RFC 4648, section 4
[[nodiscard]] inline std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (i + k < bytes.size() ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const bool is_padding = i + k > bytes.size();
      result += is_padding ? '=' : digits[group >> (18U - 6U * static_cast<unsigned>(k)) & 63U];
    }
  }
  return result;
}

}  // namespace detail

WICK_END_NAMESPACE
