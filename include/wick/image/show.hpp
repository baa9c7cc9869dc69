#pragma once

// Pictures in a terminal.

#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>
#include <string_view>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

/// What the terminal can do.
enum class ColorMode {
  truecolor,  ///< 24-bit colours
  gray256,    ///< the 26 greys of the 256-colour palette
  ascii,      ///< characters only: files, pipes and simple terminals
};

/// Options of show().
struct ShowOptions {
  ColorMode color = ColorMode::truecolor;  ///< see detect_color_mode()
  Index max_columns = 120;                 ///< wider pictures are reduced by a whole factor; >= 1
};

/// The mode for a terminal that describes itself with the values of COLORTERM, TERM
/// and NO_COLOR (empty when unset).
[[nodiscard]] inline ColorMode color_mode_of(bool is_terminal, std::string_view colorterm,
                                             std::string_view term, std::string_view no_color) {
  const auto has = [&](std::string_view part) { return term.find(part) != std::string_view::npos; };
  if (!is_terminal || !no_color.empty() || term == "dumb") return ColorMode::ascii;
  if (colorterm == "truecolor" || colorterm == "24bit" || has("direct")) return ColorMode::truecolor;
  if (has("256color")) return ColorMode::gray256;
#if defined(_WIN32)
  if (term.empty()) return ColorMode::truecolor;
#endif
  return ColorMode::ascii;
}

/// The mode for standard output, from the environment.
[[nodiscard]] inline ColorMode detect_color_mode() {
  const auto variable = [](const char* name) -> std::string_view {
    const char* value = std::getenv(name);
    return value != nullptr ? value : std::string_view();
  };
#if defined(_WIN32)
  const bool terminal = _isatty(1) != 0;
#else
  const bool terminal = isatty(1) != 0;
#endif
  return color_mode_of(terminal, variable("COLORTERM"), variable("TERM"), variable("NO_COLOR"));
}

namespace detail {

using Pixel = std::array<std::uint8_t, 3>;

[[nodiscard]] constexpr int luma(const Pixel& p) noexcept {
  return (299 * p[0] + 587 * p[1] + 114 * p[2] + 500) / 1000;
}

/// A picture reduced by a whole factor: each pixel is the mean of a square of the
/// original, cut off at the right and lower edge.
class ReducedImage {
 public:
  ReducedImage(TensorView<const std::uint8_t> image, Index factor)
      : image_(image), channels_(image.dim() == 3 ? image.size(2) : 1), factor_(factor) {}

  [[nodiscard]] Index height() const { return (image_.size(0) + factor_ - 1) / factor_; }
  [[nodiscard]] Index width() const { return (image_.size(1) + factor_ - 1) / factor_; }
  [[nodiscard]] Pixel at(Index row, Index column) const {
    const Index bottom = (std::min)((row + 1) * factor_, image_.size(0));
    const Index right = (std::min)((column + 1) * factor_, image_.size(1));
    std::array<Index, 3> sum{};
    for (Index y = row * factor_; y < bottom; ++y) {
      for (Index x = column * factor_; x < right; ++x) {
        const std::uint8_t* p = image_.data() + (y * image_.size(1) + x) * channels_;
        for (std::size_t c = 0; c < 3; ++c) sum[c] += p[channels_ == 3 ? c : 0];
      }
    }
    const Index count = (bottom - row * factor_) * (right - column * factor_);
    Pixel mean{};
    for (std::size_t c = 0; c < 3; ++c) mean[c] = static_cast<std::uint8_t>((sum[c] + count / 2) / count);
    return mean;
  }

 private:
  TensorView<const std::uint8_t> image_;
  Index channels_;
  Index factor_;
};

/// The colour part of a terminal command: `38;2;R;G;B`, with 48 for the background.
[[nodiscard]] inline std::string color_code(const Pixel& p, bool background, ColorMode mode) {
  const std::string target = background ? "48;" : "38;";
  if (mode == ColorMode::truecolor) {
    return target + "2;" + std::to_string(p[0]) + ';' + std::to_string(p[1]) + ';' + std::to_string(p[2]);
  }
  // Colour 16 is black, 231 white, and 232 + k has the value 8 + 10 k for k in 0..23.
  const int grey = luma(p);
  const int code = grey < 4 ? 16 : grey > 246 ? 231 : 232 + std::clamp((grey - 3) / 10, 0, 23);
  return target + "5;" + std::to_string(code);
}

}  // namespace detail

/// Writes a picture of shape (H, W), (H, W, 1) or (H, W, 3) as text.
///
/// With colours every character is two pixels, one above the other (U+2580, upper
/// half block, in UTF-8); colours are reset at every line end. Without, every
/// character is two pixels too, by their mean brightness, for light text on a dark
/// background. Throws ShapeError for other shapes and OptionError for max_columns < 1.
inline void show(std::ostream& out, TensorArg<std::uint8_t> image, const ShowOptions& options = {}) {
  const bool grey = image.dim() == 2 || (image.dim() == 3 && image.size(2) == 1);
  if (!(grey || (image.dim() == 3 && image.size(2) == 3)) || image.numel() == 0) {
    throw ShapeError("show: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " +
                     image.shape().str());
  }
  if (options.max_columns < 1) {
    throw OptionError("show: max_columns must be >= 1, got " + std::to_string(options.max_columns));
  }
  const Index factor = (image.size(1) + options.max_columns - 1) / options.max_columns;
  const detail::ReducedImage pixels(image, factor);
  constexpr std::string_view ramp = " .:-=+*#%@";
  std::string text;
  for (Index y = 0; y < pixels.height(); y += 2) {
    const bool has_lower = y + 1 < pixels.height();
    std::string before;
    for (Index x = 0; x < pixels.width(); ++x) {
      const detail::Pixel upper = pixels.at(y, x);
      const detail::Pixel lower = has_lower ? pixels.at(y + 1, x) : detail::Pixel{};
      if (options.color == ColorMode::ascii) {
        const int brightness =
            has_lower ? (detail::luma(upper) + detail::luma(lower)) / 2 : detail::luma(upper);
        text += ramp[static_cast<std::size_t>(brightness) * ramp.size() / 256];
        continue;
      }
      std::string colors = "\x1b[" + detail::color_code(upper, false, options.color);
      if (has_lower) colors += ';' + detail::color_code(lower, true, options.color);
      colors += 'm';
      if (colors != before) text += colors;
      before = colors;
      text += "\xE2\x96\x80";
    }
    text += options.color == ColorMode::ascii ? "\n" : "\x1b[0m\n";
  }
  out << text;
}

WICK_END_NAMESPACE
