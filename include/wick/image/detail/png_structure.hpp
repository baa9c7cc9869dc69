#pragma once

// The structure of a PNG file: everything but the compressed pixels, checked.

#include <wick/image/detail/picture_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// One of the grids into which an interlaced picture is cut; other pictures are one grid. See Adam7 in
/// https://www.w3.org/TR/png-3/#8Interlace.
struct PngPass {
  std::uint32_t x0, y0, dx, dy;  ///< first pixel, and distances between pixels in the picture
  std::uint32_t width, height;   ///< in pixels of the grid, neither is 0
};

/// The header of a PNG file.
struct PngHeader {
  enum Color : unsigned { gray = 0, rgb = 2, palette = 3, gray_opacity = 4, rgb_opacity = 6 };

  std::uint32_t width = 0;
  std::uint32_t height = 0;
  unsigned depth = 0;  ///< bits of a sample
  unsigned color = gray;
  bool interlaced = false;

  /// Numbers that a pixel has in the file.
  [[nodiscard]] unsigned samples() const noexcept {
    constexpr std::array<unsigned, 7> of_color{1, 0, 3, 1, 2, 0, 4};
    return of_color[color];
  }
  [[nodiscard]] bool is_gray() const noexcept { return color == gray || color == gray_opacity; }
  /// Bytes of a row of `pixels`, without the one that names its filter.
  [[nodiscard]] std::uint64_t row_bytes(std::uint32_t pixels) const noexcept {
    return (std::uint64_t{pixels} * samples() * depth + 7) / 8;
  }
  /// The grids that hold pixels, in the order of the file.
  [[nodiscard]] std::vector<PngPass> passes() const;
  /// What the pixels are before compression.
  [[nodiscard]] std::uint64_t inflated_size() const;
};

struct PngStructure {
  PngHeader header;
  std::vector<std::array<std::uint8_t, 4>> palette;  ///< red, green, blue, opacity
  /// Grey, or red, green and blue, of pixels that are transparent, in samples of the file.
  std::optional<std::array<unsigned, 3>> transparent;
  std::size_t first_data = 0;    ///< where the first IDAT chunk begins
  std::uint64_t compressed = 0;  ///< bytes in all IDAT chunks, which follow one another
};

/// Header of a PNG file with at most `max_pixels`. Throws FormatError.
[[nodiscard]] PngHeader read_png_header(const PictureBytes& file, std::uint64_t max_pixels);

/// Checks every chunk of a PNG file up to its end: lengths against the bytes that are there, order, number,
/// what is in them, the checksums of those that are used, and that the compressed bytes can hold so many
/// pixels. Time is linear in the file. Throws FormatError.
[[nodiscard]] PngStructure read_png_structure(std::span<const std::byte> bytes, std::string_view name,
                                              std::uint64_t max_pixels);

/// The contents of all IDAT chunks: in the file where there is one, otherwise copied to `joined`.
[[nodiscard]] std::span<const std::byte> png_compressed(std::span<const std::byte> bytes,
                                                        const PngStructure& png,
                                                        std::vector<std::byte>& joined);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/image/detail/png_structure.ipp>
#endif
