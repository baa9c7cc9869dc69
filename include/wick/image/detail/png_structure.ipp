#pragma once

// Definitions of image/detail/png_structure.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/image/detail/picture_bytes.hpp>
#include <wick/image/detail/png_structure.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::size_t png_signature_size = 8;
inline constexpr std::size_t png_chunk_overhead = 12;  // length, name, checksum

WICK_INLINE std::vector<PngPass> PngHeader::passes() const {
  constexpr std::array<PngPass, 7> adam7{{{0, 0, 8, 8, 0, 0},
                                          {4, 0, 8, 8, 0, 0},
                                          {0, 4, 4, 8, 0, 0},
                                          {2, 0, 4, 4, 0, 0},
                                          {0, 2, 2, 4, 0, 0},
                                          {1, 0, 2, 2, 0, 0},
                                          {0, 1, 1, 2, 0, 0}}};
  if (!interlaced) return {{0, 0, 1, 1, width, height}};
  std::vector<PngPass> result;
  for (PngPass pass : adam7) {
    if (pass.x0 >= width || pass.y0 >= height) continue;
    pass.width = (width - pass.x0 + pass.dx - 1) / pass.dx;
    pass.height = (height - pass.y0 + pass.dy - 1) / pass.dy;
    result.push_back(pass);
  }
  return result;
}

WICK_INLINE std::uint64_t PngHeader::inflated_size() const {
  std::uint64_t size = 0;
  for (const PngPass& pass : passes()) size += pass.height * (1 + row_bytes(pass.width));
  return size;
}

/// A chunk whose bytes are all there.
struct PngChunk {
  std::size_t at;         ///< where its length is
  std::string_view kind;  ///< four letters
  std::span<const std::byte> data;

  [[nodiscard]] std::size_t end() const noexcept { return at + png_chunk_overhead + data.size(); }
};

inline PngChunk png_chunk(const PictureBytes& file, std::size_t at) {
  const std::uint32_t length = file.u32(at);
  const std::span<const std::byte> kind = file.part(at + 4, 4);
  const auto is_letter = [](std::byte b) {
    const char c = static_cast<char>(b);
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  if (!std::ranges::all_of(kind, is_letter)) {
    file.fail(at + 4, "the PNG picture is damaged: expected a chunk, whose name is four letters");
  }
  const std::string_view letters(reinterpret_cast<const char*>(kind.data()), kind.size());
  const std::size_t left = file.size() - at - 8;
  if (left < 4 || length > left - 4) {
    file.fail(at, "the PNG picture is damaged or truncated: its chunk " + std::string(letters) + " claims " +
                      std::to_string(length) + " bytes, " + std::to_string(left) + " follow");
  }
  return {at, letters, file.part(at + 8, length)};
}

/// A chunk that is used must not be damaged; nobody looks at the others.
inline void check_png_checksum(const PictureBytes& file, const PngChunk& chunk) {
  const std::uint32_t stored = file.u32(chunk.end() - 4);
  if (crc32(file.part(chunk.at + 4, 4 + chunk.data.size())) == stored) return;
  file.fail(chunk.at, "the PNG picture is damaged: the checksum (CRC-32) of its chunk " +
                          std::string(chunk.kind) + " does not fit");
}

WICK_INLINE PngHeader read_png_header(const PictureBytes& file, std::uint64_t max_pixels) {
  const PngChunk chunk = png_chunk(file, png_signature_size);
  if (chunk.kind == "CgBI") {
    file.fail(chunk.at,
              "the picture is in the PNG variant of Apple's programs; convert it to plain PNG first");
  }
  if (chunk.kind != "IHDR" || chunk.data.size() != 13) {
    file.fail(chunk.at, "the PNG picture is damaged: expected a chunk IHDR of 13 bytes first, got " +
                            std::string(chunk.kind) + " of " + std::to_string(chunk.data.size()));
  }
  check_png_checksum(file, chunk);
  const std::size_t at = chunk.at + 8;
  PngHeader header;
  header.width = file.u32(at);
  header.height = file.u32(at + 4);
  header.depth = file.u8(at + 8);
  header.color = file.u8(at + 9);
  const bool known_color = header.color <= 6 && header.color != 1 && header.color != 5;
  // Bit d: depth d is allowed for this colour.
  constexpr std::array<unsigned, 7> depths{0x10116, 0, 0x10100, 0x116, 0x10100, 0, 0x10100};
  if (!known_color || header.depth > 16 || (depths[header.color] >> header.depth & 1U) == 0) {
    file.fail(at + 8, "the PNG picture has colour type " + std::to_string(header.color) + " with " +
                          std::to_string(header.depth) + " bits, which PNG does not know");
  }
  for (const std::size_t i : {10U, 11U, 12U}) {
    const std::uint32_t method = file.u8(at + i);
    constexpr std::array<const char*, 3> names{"compression", "filter", "interlace"};
    if (method > (i == 12 ? 1 : 0)) {
      file.fail(at + i, "the PNG picture has " + std::string(names[i - 10]) + " method " +
                            std::to_string(method) + ", which PNG does not know");
    }
    header.interlaced = method == 1;
  }
  check_pixels(file, at, header.width, header.height, max_pixels);
  return header;
}

/// Checks the chunks behind the header.
class PngChunks {
 public:
  PngChunks(const PictureBytes& file, PngStructure& png) : file_(file), png_(png) {}

  void read(std::size_t at) {
    for (;;) {
      const PngChunk chunk = png_chunk(file_, at);
      const std::string_view kind = chunk.kind;
      const bool is_data = kind == "IDAT";
      if (is_data && data_ended_) fail(chunk, "is not behind the other ones of its kind");
      if (!is_data && png_.first_data != 0) data_ended_ = true;
      if (is_data) {
        data(chunk);
      } else if (kind == "PLTE") {
        palette(chunk);
      } else if (kind == "tRNS") {
        transparency(chunk);
      } else if (kind == "IEND") {
        if (!chunk.data.empty()) fail(chunk, "is not empty");
        check_png_checksum(file_, chunk);
        if (png_.first_data == 0) fail(chunk, "comes before any pixels");
        return;
      } else if (kind[0] >= 'A' && kind[0] <= 'Z') {
        // Capitals mark what no reader may skip.
        fail(chunk, kind == "IHDR" ? "is there twice" : "is not known, and cannot be skipped");
      }
      at = chunk.end();
    }
  }

 private:
  [[noreturn]] void fail(const PngChunk& chunk, const std::string& what) const {
    file_.fail(chunk.at, "the PNG picture is damaged: its chunk " + std::string(chunk.kind) + " " + what);
  }

  void data(const PngChunk& chunk) {
    check_png_checksum(file_, chunk);
    if (png_.header.color == PngHeader::palette && png_.palette.empty()) {
      fail(chunk, "comes before the palette");
    }
    if (png_.first_data == 0) png_.first_data = chunk.at;
    png_.compressed += chunk.data.size();
  }

  void palette(const PngChunk& chunk) {
    check_png_checksum(file_, chunk);
    if (seen_palette_) fail(chunk, "is there twice");
    if (png_.first_data != 0) fail(chunk, "comes behind the pixels");
    seen_palette_ = true;
    const PngHeader& header = png_.header;
    if (header.is_gray()) fail(chunk, "does not belong into a grey picture");
    const std::size_t size = chunk.data.size();
    const std::size_t most = header.color == PngHeader::palette ? std::size_t{1} << header.depth : 256;
    if (size == 0 || size % 3 != 0 || size / 3 > most) {
      fail(chunk, "has " + std::to_string(size) + " bytes, expected three for each of 1 to " +
                      std::to_string(most) + " colours");
    }
    if (header.color != PngHeader::palette) return;  // a hint for screens with few colours
    for (std::size_t i = 0; i < size; i += 3) {
      const auto at = [&](std::size_t k) { return std::to_integer<std::uint8_t>(chunk.data[i + k]); };
      png_.palette.push_back({at(0), at(1), at(2), 255});
    }
  }

  void transparency(const PngChunk& chunk) {
    check_png_checksum(file_, chunk);
    if (seen_transparency_) fail(chunk, "is there twice");
    if (png_.first_data != 0) fail(chunk, "comes behind the pixels");
    seen_transparency_ = true;
    const PngHeader& header = png_.header;
    const std::size_t size = chunk.data.size();
    if (header.color == PngHeader::palette) {
      if (size == 0 || size > png_.palette.size()) {
        fail(chunk, "has " + std::to_string(size) + " bytes, the palette " +
                        std::to_string(png_.palette.size()) + " colours");
      }
      for (std::size_t i = 0; i < size; ++i)
        png_.palette[i][3] = std::to_integer<std::uint8_t>(chunk.data[i]);
      return;
    }
    const std::size_t expected = header.color == PngHeader::gray ? 2 : header.color == PngHeader::rgb ? 6 : 0;
    if (expected == 0) fail(chunk, "is there beside the opacity of each pixel");
    if (size != expected) {
      fail(chunk, "has " + std::to_string(size) + " bytes, expected " + std::to_string(expected));
    }
    png_.transparent.emplace();
    // Bits above the depth mean nothing.
    const std::uint32_t bits = (1U << header.depth) - 1;
    for (std::size_t i = 0; i < size / 2; ++i) {
      (*png_.transparent)[i] = file_.u16(chunk.at + 8 + 2 * i) & bits;
    }
  }

  const PictureBytes& file_;
  PngStructure& png_;
  bool seen_palette_ = false;
  bool seen_transparency_ = false;
  bool data_ended_ = false;
};

WICK_INLINE PngStructure read_png_structure(std::span<const std::byte> bytes, std::string_view name,
                                            std::uint64_t max_pixels) {
  const PictureBytes file(bytes, name);
  PngStructure png;
  png.header = read_png_header(file, max_pixels);
  PngChunks(file, png).read(png_chunk(file, png_signature_size).end());
  // Deflate makes at most 1032 bytes of one.
  const std::uint64_t size = png.header.inflated_size();
  if (png.compressed < size / 1032) {
    file.fail(png.first_data, "the PNG picture is damaged: " + std::to_string(png.compressed) +
                                  " compressed bytes cannot hold its " + std::to_string(png.header.width) +
                                  " x " + std::to_string(png.header.height) + " pixels");
  }
  return png;
}

WICK_INLINE std::span<const std::byte> png_compressed(std::span<const std::byte> bytes,
                                                      const PngStructure& png,
                                                      std::vector<std::byte>& joined) {
  const PictureBytes file(bytes, {});
  std::size_t at = png.first_data;
  const PngChunk first = png_chunk(file, at);
  if (first.data.size() == png.compressed) return first.data;
  joined.reserve(static_cast<std::size_t>(png.compressed));
  while (joined.size() < png.compressed) {
    const PngChunk chunk = png_chunk(file, at);
    joined.insert(joined.end(), chunk.data.begin(), chunk.data.end());
    at = chunk.end();
  }
  return joined;
}

}  // namespace detail

WICK_END_NAMESPACE
