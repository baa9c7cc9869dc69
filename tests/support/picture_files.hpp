#pragma once

// PNG and JPEG files from their parts, right or wrong ones. Written from the standards alone, for tests that
// compare or refuse: https://www.w3.org/TR/png-3/ and https://www.w3.org/Graphics/JPEG/itu-t81.pdf.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace wick_tests {

using Bytes = std::vector<std::byte>;

inline void append(Bytes& bytes, std::span<const std::byte> more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}
[[nodiscard]] inline Bytes together(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) append(all, part);
  return all;
}
/// `size` bytes of `value`, the highest first.
inline void append_big(Bytes& bytes, std::size_t size, std::uint64_t value) {
  for (std::size_t i = size; i-- > 0;) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFU));
}
[[nodiscard]] inline Bytes numbers(std::span<const unsigned> values) {
  Bytes bytes;
  for (const unsigned v : values) bytes.push_back(static_cast<std::byte>(v));
  return bytes;
}
[[nodiscard]] inline Bytes numbers(std::initializer_list<unsigned> values) {
  return numbers(std::span(values.begin(), values.size()));
}

// --- PNG ---

[[nodiscard]] inline std::uint32_t png_crc(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte b : bytes) {
    crc ^= std::to_integer<std::uint32_t>(b);
    for (int i = 0; i < 8; ++i) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0xEDB88320U : crc >> 1;
  }
  return ~crc;
}

[[nodiscard]] inline Bytes png_chunk(std::string_view kind, std::span<const std::byte> data) {
  Bytes chunk;
  append_big(chunk, 4, data.size());
  append(chunk, std::as_bytes(std::span(kind)));
  append(chunk, data);
  append_big(chunk, 4, png_crc(std::span(chunk).subspan(4)));
  return chunk;
}

[[nodiscard]] inline Bytes png_header(std::uint64_t width, std::uint64_t height, unsigned depth,
                                      unsigned color, unsigned interlaced = 0) {
  Bytes data;
  append_big(data, 4, width);
  append_big(data, 4, height);
  append(data, numbers({depth, color, 0, 0, interlaced}));
  return png_chunk("IHDR", data);
}

/// A zlib stream of stored blocks.
[[nodiscard]] inline Bytes zlib_stored(std::span<const std::byte> contents) {
  Bytes out = numbers({0x78, 0x01});
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const std::byte x : contents) {
    a = (a + std::to_integer<std::uint32_t>(x)) % 65521;
    b = (b + a) % 65521;
  }
  do {
    const std::size_t n = (std::min)(contents.size(), std::size_t{65535});
    const auto low = static_cast<unsigned>(n & 255U);
    const auto high = static_cast<unsigned>(n >> 8);
    append(out, numbers({n == contents.size() ? 1U : 0U, low, high, 255 - low, 255 - high}));
    append(out, contents.first(n));
    contents = contents.subspan(n);
  } while (!contents.empty());
  append_big(out, 4, b << 16 | a);
  return out;
}

/// The file of some chunks.
[[nodiscard]] inline Bytes png_file(std::initializer_list<Bytes> chunks) {
  Bytes file = numbers({0x89, 'P', 'N', 'G', 13, 10, 26, 10});
  for (const Bytes& chunk : chunks) append(file, chunk);
  return file;
}

/// A picture as PNG has it: any depth and kind of colour, with the filters in turn, interlaced or not.
struct PngPicture {
  std::uint32_t width = 1;
  std::uint32_t height = 1;
  unsigned depth = 8;
  unsigned color = 0;
  bool interlaced = false;
  unsigned first_filter = 0;
  /// Sample c of pixel (x, y), in [0, 2^depth).
  std::function<unsigned(std::uint32_t, std::uint32_t, unsigned)> sample;

  [[nodiscard]] unsigned samples() const { return std::array<unsigned, 7>{1, 0, 3, 1, 2, 0, 4}[color]; }

  /// What is to be compressed.
  [[nodiscard]] Bytes data() const {
    // The pass of each pixel in blocks of 8 x 8, as the standard draws it.
    constexpr std::array<std::string_view, 8> passes{"16462646", "77777777", "56565656", "77777777",
                                                     "36463646", "77777777", "56565656", "77777777"};
    Bytes out;
    unsigned filter = first_filter;
    for (char pass = '1'; pass <= (interlaced ? '7' : '1'); ++pass) {
      std::vector<unsigned> above;
      for (std::uint32_t y = 0; y < height; ++y) {
        std::vector<unsigned> bits;
        for (std::uint32_t x = 0; x < width; ++x) {
          if (interlaced && passes[y % 8][x % 8] != pass) continue;
          for (unsigned c = 0; c < samples(); ++c) {
            for (unsigned b = depth; b-- > 0;) bits.push_back(sample(x, y, c) >> b & 1U);
          }
        }
        if (bits.empty()) continue;
        std::vector<unsigned> row((bits.size() + 7) / 8);
        for (std::size_t i = 0; i < bits.size(); ++i) row[i / 8] |= bits[i] << (7 - i % 8);
        above.resize(row.size());
        filter = (filter + 1) % 5;
        out.push_back(static_cast<std::byte>(filter));
        const std::size_t step = (std::max)(1U, samples() * depth / 8);
        for (std::size_t i = 0; i < row.size(); ++i) {
          const int a = i < step ? 0 : static_cast<int>(row[i - step]);
          const int b = static_cast<int>(above[i]);
          const int c = i < step ? 0 : static_cast<int>(above[i - step]);
          const int p = a + b - c;
          const int paeth = std::abs(p - a) <= std::abs(p - b) && std::abs(p - a) <= std::abs(p - c) ? a
                            : std::abs(p - b) <= std::abs(p - c)                                     ? b
                                                                                                     : c;
          const int guess = std::array<int, 5>{0, a, b, (a + b) / 2, paeth}[filter];
          out.push_back(static_cast<std::byte>((static_cast<int>(row[i]) - guess) & 255));
        }
        above = row;
      }
    }
    return out;
  }

  /// The file, with `before` between header and pixels.
  [[nodiscard]] Bytes file(std::span<const std::byte> before = {}) const {
    return png_file({png_header(width, height, depth, color, interlaced ? 1 : 0),
                     {before.begin(), before.end()},
                     png_chunk("IDAT", zlib_stored(data())),
                     png_chunk("IEND", {})});
  }
};

// --- JPEG ---

[[nodiscard]] inline Bytes jpeg_segment(unsigned marker, std::span<const std::byte> body) {
  Bytes segment = numbers({0xFF, marker});
  append_big(segment, 2, body.size() + 2);
  append(segment, body);
  return segment;
}
[[nodiscard]] inline Bytes jpeg_segment(unsigned marker, std::initializer_list<unsigned> body) {
  return jpeg_segment(marker, numbers(body));
}

/// Quantization table `number` of ones.
[[nodiscard]] inline Bytes jpeg_ones(unsigned number = 0) {
  Bytes body = numbers({number});
  body.resize(65, std::byte{1});
  return jpeg_segment(0xDB, body);
}

/// A Huffman table: the numbers of codes with 1 to 16 bits, and their symbols. `head` is 0x00 to 0x03 for
/// means, 0x10 to 0x13 for the rest.
[[nodiscard]] inline Bytes jpeg_huffman(unsigned head, std::vector<unsigned> counts,
                                        std::vector<unsigned> symbols) {
  counts.resize(16);
  Bytes body = numbers({head});
  append(body, numbers(std::span<const unsigned>(counts)));
  append(body, numbers(std::span<const unsigned>(symbols)));
  return jpeg_segment(0xC4, body);
}

struct JpegComponentBytes {
  unsigned id, sampling, table;
};
[[nodiscard]] inline Bytes jpeg_frame(unsigned marker, unsigned width, unsigned height,
                                      std::vector<JpegComponentBytes> components = {{1, 0x11, 0}}) {
  Bytes body = numbers(
      {8, height >> 8, height & 255U, width >> 8, width & 255U, static_cast<unsigned>(components.size())});
  for (const auto& c : components) append(body, numbers({c.id, c.sampling, c.table}));
  return jpeg_segment(marker, body);
}

/// A scan of one component, with its data.
[[nodiscard]] inline Bytes jpeg_scan(std::initializer_list<unsigned> data, unsigned first = 0,
                                     unsigned last = 63, unsigned bits = 0, unsigned id = 1,
                                     unsigned tables = 0) {
  Bytes scan = jpeg_segment(0xDA, {1, id, tables, first, last, bits});
  append(scan, numbers(data));
  return scan;
}

[[nodiscard]] inline Bytes jpeg_file(std::initializer_list<Bytes> segments) {
  Bytes file = numbers({0xFF, 0xD8});
  for (const Bytes& segment : segments) append(file, segment);
  append(file, numbers({0xFF, 0xD9}));
  return file;
}

}  // namespace wick_tests
