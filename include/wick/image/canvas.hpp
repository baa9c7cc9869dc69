#pragma once

// Drawing into a picture: rectangles, lines, text and other pictures.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/number.hpp>
#include <wick/image/detail/font.hpp>
#include <wick/image/image.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Red, green and blue, 0..255.
struct Color {
  std::uint8_t red = 0;    ///< 0..255
  std::uint8_t green = 0;  ///< 0..255
  std::uint8_t blue = 0;   ///< 0..255

  friend bool operator==(const Color&, const Color&) = default;
};

namespace colors {
inline constexpr Color black{0, 0, 0};
inline constexpr Color white{255, 255, 255};
inline constexpr Color gray{110, 110, 110};
inline constexpr Color light_gray{222, 222, 222};
inline constexpr Color green{20, 130, 50};
inline constexpr Color red{200, 30, 40};
inline constexpr Color blue{25, 90, 170};
inline constexpr Color orange{225, 115, 20};
}  // namespace colors

/// A colour picture to draw into. (0, 0) is the upper left corner, x goes right, y
/// down, in pixels. What lies outside is cut off.
class Canvas {
 public:
  /// Throws OptionError unless 1 <= width, height and width * height <= 64 Mi.
  Canvas(Index width, Index height, Color background = colors::white) : width_(width), height_(height) {
    constexpr Index most = Index{64} << 20;
    if (width < 1 || height < 1 || width > most / height) {
      throw OptionError("Canvas: expected a size of 1 to " + std::to_string(most) + " pixels, got " +
                        std::to_string(width) + " x " + std::to_string(height));
    }
    image_.resize(Shape{height, width, 3});
    rectangle(0, 0, width, height, background);
  }

  /// In pixels.
  [[nodiscard]] Index width() const noexcept { return width_; }
  /// In pixels.
  [[nodiscard]] Index height() const noexcept { return height_; }
  /// What was drawn, (height, width, 3).
  [[nodiscard]] const Image& image() const& noexcept { return image_; }
  [[nodiscard]] Image image() && noexcept { return std::move(image_); }

  /// Fills a rectangle, of which (x, y) is the upper left corner.
  void rectangle(Index x, Index y, Index width, Index height, Color color) {
    const Index right = (std::min)(x + width, width_);
    const Index bottom = (std::min)(y + height, height_);
    for (Index row = (std::max)(y, Index{0}); row < bottom; ++row) {
      for (Index column = (std::max)(x, Index{0}); column < right; ++column) set(column, row, color);
    }
  }

  /// A straight line with round ends and smooth edges. Throws OptionError unless all
  /// numbers are within +-1e6 and thickness >= 0.
  void line(double x0, double y0, double x1, double y1, double thickness, Color color) {
    for (const double a : {x0, y0, x1, y1, thickness}) {
      if (!(std::abs(a) <= 1e6)) {
        throw OptionError("Canvas: the numbers of a line must be within +-1e6, got " + python_repr(a));
      }
    }
    if (thickness < 0) throw OptionError("Canvas: thickness must be >= 0, got " + python_repr(thickness));
    const double reach = thickness / 2 + 1;
    const auto pixel_of = [](double a, double limit) {
      return static_cast<Index>(std::clamp(a, 0.0, limit));
    };
    const double right = static_cast<double>(width_ - 1);
    const double bottom = static_cast<double>(height_ - 1);
    const Index column0 = pixel_of((std::min)(x0, x1) - reach, right);
    const Index column1 = pixel_of((std::max)(x0, x1) + reach, right);
    const Index row0 = pixel_of((std::min)(y0, y1) - reach, bottom);
    const Index row1 = pixel_of((std::max)(y0, y1) + reach, bottom);
    const double dx = x1 - x0;
    const double dy = y1 - y0;
    const double length2 = dx * dx + dy * dy;
    for (Index row = row0; row <= row1; ++row) {
      for (Index column = column0; column <= column1; ++column) {
        // Distance of the middle of the pixel from the line.
        const double px = static_cast<double>(column) + 0.5 - x0;
        const double py = static_cast<double>(row) + 0.5 - y0;
        const double t = length2 > 0 ? std::clamp((px * dx + py * dy) / length2, 0.0, 1.0) : 0.0;
        const double distance = std::hypot(px - t * dx, py - t * dy);
        blend(column, row, color, std::clamp(thickness / 2 + 0.5 - distance, 0.0, 1.0));
      }
    }
  }

  /// One line of text in UTF-8; `x`, `y` is its upper left corner, `scale` the size
  /// of a dot. With `upwards` it is turned to the left and x, y is its lower left
  /// corner. Characters outside ASCII appear as boxes.
  void text(Index x, Index y, std::string_view line, Color color, Index scale = 1, bool upwards = false) {
    for (const char c : line) {
      if (is_continuation(c)) continue;
      const auto& glyph = detail::glyph_of(c);
      const Index drop = detail::descends(c) ? detail::glyph_descent : 0;
      for (Index row = 0; row < detail::glyph_height; ++row) {
        for (Index column = 0; column < detail::glyph_width; ++column) {
          if ((glyph[static_cast<std::size_t>(row)] >> (detail::glyph_width - 1 - column) & 1) == 0) continue;
          const Index along = column * scale;
          const Index down = (row + drop) * scale;
          if (upwards) {
            rectangle(x + down, y - along - scale, scale, scale, color);
          } else {
            rectangle(x + along, y + down, scale, scale, color);
          }
        }
      }
      (upwards ? y : x) += (upwards ? -1 : 1) * advance * scale;
    }
  }

  /// Another picture, (H, W), (H, W, 1) or (H, W, 3), each pixel scale x scale large.
  /// Throws ShapeError for other shapes.
  void picture(Index x, Index y, TensorArg<std::uint8_t> image, Index scale = 1) {
    const Index channels = image.dim() == 3 ? image.size(2) : 1;
    if (image.dim() < 2 || image.dim() > 3 || (channels != 1 && channels != 3)) {
      throw ShapeError("Canvas: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " +
                       image.shape().str());
    }
    for (Index row = 0; row < image.size(0); ++row) {
      for (Index column = 0; column < image.size(1); ++column) {
        const std::uint8_t* p = image.data() + (row * image.size(1) + column) * channels;
        const Color color = channels == 3 ? Color{p[0], p[1], p[2]} : Color{p[0], p[0], p[0]};
        rectangle(x + column * scale, y + row * scale, scale, scale, color);
      }
    }
  }

  /// Width of a line of text, without the gap behind it.
  [[nodiscard]] static Index text_width(std::string_view line, Index scale = 1) {
    const auto count = detail::as_integer<Index>(
        std::count_if(line.begin(), line.end(), [](char c) { return !is_continuation(c); }));
    return count == 0 ? 0 : (count * advance - 1) * scale;
  }
  /// Height of a line of text above the base line.
  [[nodiscard]] static Index text_height(Index scale = 1) { return detail::glyph_height * scale; }
  /// Distance between lines of text.
  [[nodiscard]] static Index line_height(Index scale = 1) {
    return (detail::glyph_height + detail::glyph_descent + 1) * scale;
  }

 private:
  static constexpr Index advance = detail::glyph_width + 1;

  static bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
  [[nodiscard]] std::uint8_t* pixel(Index x, Index y) { return image_.data() + (y * width_ + x) * 3; }
  void set(Index x, Index y, Color color) {
    std::uint8_t* p = pixel(x, y);
    p[0] = color.red;
    p[1] = color.green;
    p[2] = color.blue;
  }
  void blend(Index x, Index y, Color color, double alpha) {
    std::uint8_t* p = pixel(x, y);
    const std::array<std::uint8_t, 3> target{color.red, color.green, color.blue};
    for (std::size_t c = 0; c < 3; ++c) {
      p[c] = static_cast<std::uint8_t>(std::lround(p[c] + alpha * (target[c] - p[c])));
    }
  }

  Index width_;
  Index height_;
  Image image_;
};

WICK_END_NAMESPACE
