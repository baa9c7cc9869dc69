#pragma once

// Definitions of image/detail/png_pixels.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/image/detail/picture_bytes.hpp>
#include <wick/image/detail/png_pixels.hpp>
#include <wick/image/detail/png_structure.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Of the bytes to the left, above, and above to the left, the one nearest to left + above - above left.
inline std::uint8_t png_paeth(int left, int above, int corner) noexcept {
  const int to_left = std::abs(above - corner);
  const int to_above = std::abs(left - corner);
  const int to_corner = std::abs(left + above - 2 * corner);
  if (to_left <= to_above && to_left <= to_corner) return static_cast<std::uint8_t>(left);
  return static_cast<std::uint8_t>(to_above <= to_corner ? above : corner);
}

/// Undoes `filter` in `row`, where `above` is the row before it, empty for the first one; `step` is the
/// distance to the pixel before. False for a filter that is not known.
inline bool png_unfilter(unsigned filter, std::span<std::uint8_t> row, std::span<const std::uint8_t> above,
                         std::size_t step) {
  const std::size_t n = row.size();
  const std::size_t first = (std::min)(step, n);
  const auto add = [&](std::size_t i, unsigned x) { row[i] = static_cast<std::uint8_t>(row[i] + x); };
  switch (filter) {
    case 0:
      return true;
    case 1:  // the difference to the left
      for (std::size_t i = first; i < n; ++i) add(i, row[i - step]);
      return true;
    case 2:  // above
      for (std::size_t i = 0; i < above.size(); ++i) add(i, above[i]);
      return true;
    case 3:  // to the mean of both
      for (std::size_t i = 0; i < n; ++i) {
        const unsigned left = i < first ? 0 : row[i - step];
        add(i, (left + (above.empty() ? 0U : above[i])) / 2);
      }
      return true;
    case 4:
      if (above.empty()) return png_unfilter(1, row, above, step);
      for (std::size_t i = 0; i < first; ++i) add(i, above[i]);
      for (std::size_t i = first; i < n; ++i) {
        add(i, png_paeth(row[i - step], above[i], above[i - step]));
      }
      return true;
    default:
      return false;
  }
}

/// A pixel in the depth of the file, but at least 8 bits.
struct PngPixel {
  unsigned red, green, blue, opacity;
};

/// Writes pixels as bytes, in colour or grey, over a background or not.
class PngSink {
 public:
  PngSink(bool wide, bool gray_in_file, int channels, std::optional<std::uint8_t> background)
      : shift_(wide ? 8 : 0),
        mix_(!gray_in_file && channels == 1),
        channels_(channels),
        background_(background) {}

  void put(std::uint8_t* out, PngPixel p) const noexcept {
    if (mix_) p.red = (p.red * 77 + p.green * 150 + p.blue * 29) >> 8;
    const unsigned opacity = p.opacity >> shift_;
    out[0] = blend(p.red, opacity);
    if (channels_ == 1) return;
    out[1] = blend(p.green, opacity);
    out[2] = blend(p.blue, opacity);
  }

 private:
  [[nodiscard]] std::uint8_t blend(unsigned sample, unsigned opacity) const noexcept {
    const unsigned x = sample >> shift_;
    if (!background_) return static_cast<std::uint8_t>(x);
    return static_cast<std::uint8_t>((x * opacity + *background_ * (255 - opacity) + 127) / 255);
  }

  unsigned shift_;
  bool mix_;
  int channels_;
  std::optional<std::uint8_t> background_;
};

/// Calls `put(x, pixel)` for the pixels of a row. `Bits` is 8 or 16, or 1 for fewer than 8, which are packed.
/// Returns the largest index into the palette, whether it has such a colour or not.
template <unsigned Bits, class Put>
unsigned png_row(const PngStructure& png, const std::uint8_t* row, std::uint32_t width, const Put& put) {
  const unsigned depth = Bits == 1 ? png.header.depth : Bits;
  const auto sample = [&](std::size_t i) -> unsigned {
    if constexpr (Bits == 8) {
      return row[i];
    } else if constexpr (Bits == 16) {
      return static_cast<unsigned>(row[2 * i]) << 8 | row[2 * i + 1];
    } else {
      const std::size_t bit = i * depth;
      return static_cast<unsigned>(row[bit / 8]) >> (8 - depth - bit % 8) & ((1U << depth) - 1);
    }
  };
  const unsigned scale = Bits == 1 ? 255 / ((1U << depth) - 1) : 1;
  constexpr unsigned opaque = Bits == 16 ? 65535 : 255;
  const auto opacity = [&](unsigned r, unsigned g, unsigned b) {
    const bool hidden = png.transparent && *png.transparent == std::array<unsigned, 3>{r, g, b};
    return hidden ? 0 : opaque;
  };
  unsigned last_color = 0;
  switch (png.header.color) {
    case PngHeader::gray:
      for (std::size_t x = 0; x < width; ++x) {
        const unsigned s = sample(x);
        const unsigned value = s * scale;
        put(x, PngPixel{value, value, value, opacity(s, 0, 0)});
      }
      break;
    case PngHeader::palette:
      for (std::size_t x = 0; x < width; ++x) {
        const unsigned index = sample(x);
        last_color = (std::max)(last_color, index);
        if (index >= png.palette.size()) continue;
        const std::array<std::uint8_t, 4>& p = png.palette[index];
        put(x, PngPixel{p[0], p[1], p[2], p[3]});
      }
      break;
    case PngHeader::gray_opacity:
      for (std::size_t x = 0; x < width; ++x) {
        const unsigned s = sample(2 * x);
        put(x, PngPixel{s, s, s, sample(2 * x + 1)});
      }
      break;
    case PngHeader::rgb:
      for (std::size_t x = 0; x < width; ++x) {
        const unsigned r = sample(3 * x);
        const unsigned g = sample(3 * x + 1);
        const unsigned b = sample(3 * x + 2);
        put(x, PngPixel{r, g, b, opacity(r, g, b)});
      }
      break;
    default:
      for (std::size_t x = 0; x < width; ++x) {
        put(x, PngPixel{sample(4 * x), sample(4 * x + 1), sample(4 * x + 2), sample(4 * x + 3)});
      }
  }
  return last_color;
}

WICK_INLINE Tensor<std::uint8_t> png_pixels(const PictureBytes& file, const PngStructure& png,
                                            std::span<std::uint8_t> inflated, int channels,
                                            std::optional<std::uint8_t> background) {
  const PngHeader& header = png.header;
  Tensor<std::uint8_t> image(
      Shape{as_integer<Index>(header.height), as_integer<Index>(header.width), channels});
  const PngSink sink(header.depth == 16, header.is_gray(), channels, background);
  const std::size_t step = (std::max)(std::size_t{1}, std::size_t{header.samples()} * header.depth / 8);
  const auto width = static_cast<std::size_t>(header.width);
  for (const PngPass& pass : header.passes()) {
    const auto row_bytes = as_integer<std::size_t>(header.row_bytes(pass.width));
    std::span<const std::uint8_t> above;
    for (std::size_t y = 0; y < pass.height; ++y) {
      const unsigned filter = inflated[0];
      const std::span<std::uint8_t> row = inflated.subspan(1, row_bytes);
      if (!png_unfilter(filter, row, above, step)) {
        file.fail(png.first_data, "the PNG picture is damaged: its compressed pixels name filter " +
                                      std::to_string(filter) + ", the filters are 0 to 4");
      }
      std::uint8_t* out =
          image.data() + ((pass.y0 + y * pass.dy) * width + pass.x0) * static_cast<std::size_t>(channels);
      const std::size_t distance = std::size_t{pass.dx} * static_cast<std::size_t>(channels);
      const auto put = [&](std::size_t x, const PngPixel& pixel) { sink.put(out + x * distance, pixel); };
      const auto read = header.depth == 8    ? png_row<8, decltype(put)>
                        : header.depth == 16 ? png_row<16, decltype(put)>
                                             : png_row<1, decltype(put)>;
      const unsigned color = read(png, row.data(), pass.width, put);
      if (header.color == PngHeader::palette && color >= png.palette.size()) {
        file.fail(png.first_data, "the PNG picture is damaged: a pixel has colour " + std::to_string(color) +
                                      " of a palette of " + std::to_string(png.palette.size()));
      }
      above = row;
      inflated = inflated.subspan(1 + row_bytes);
    }
  }
  return image;
}

}  // namespace detail

WICK_END_NAMESPACE
