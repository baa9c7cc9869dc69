#pragma once

// Many pictures with captions as one picture.

#include <wick/image/canvas.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// One picture of a grid.
struct GridItem {
  Image image = {};             ///< (H, W), (H, W, 1) or (H, W, 3); of a view: Image(view)
  std::string caption = {};     ///< below the picture; '\n' begins a new line
  Color color = colors::black;  ///< of the caption, such as green for right and red for wrong
};

/// Options of make_grid().
struct GridOptions {
  Index columns = 0;       ///< pictures side by side; 0: as many as make the grid about square
  Index scale = 5;         ///< size of a pixel of the pictures, >= 1
  Index text_scale = 2;    ///< size of a dot of the captions, >= 1
  Index gap = 16;          ///< between pictures and at the edge, >= 0
  std::string title = {};  ///< above all; empty: none
};

namespace detail {

[[nodiscard]] inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = (std::min)(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix((std::min)(end + 1, text.size()));
  }
  return lines;
}

}  // namespace detail

/// Pictures in rows and columns, each with its caption, on white.
/// Throws OptionError for no items, options outside their range and results of more
/// than 64 Mi pixels, ShapeError for what is not a picture.
[[nodiscard]] inline Image make_grid(std::span<const GridItem> items, const GridOptions& options = {}) {
  if (items.empty()) throw OptionError("make_grid: expected at least one picture");
  constexpr Index most = 1000;
  const auto check_option = [](const char* name, Index value, Index least) {
    if (value < least || value > most) {
      throw OptionError("make_grid: " + std::string(name) + " must be in [" + std::to_string(least) + ", " +
                        std::to_string(most) + "], got " + std::to_string(value));
    }
  };
  check_option("columns", options.columns, 0);
  check_option("scale", options.scale, 1);
  check_option("text_scale", options.text_scale, 1);
  check_option("gap", options.gap, 0);

  const auto count = static_cast<Index>(items.size());
  Index columns = options.columns;
  if (columns == 0) {
    while (columns * columns < count) ++columns;
  }
  columns = (std::min)(columns, count);
  const Index rows = (count + columns - 1) / columns;
  Index picture_width = 0;
  Index picture_height = 0;
  Index text_width = 0;
  Index text_lines = 0;
  for (const GridItem& item : items) {
    if (item.image.dim() < 2 || item.image.numel() == 0 || item.image.size(0) > most * most ||
        item.image.size(1) > most * most) {
      throw ShapeError("make_grid: expected pictures of shape [H, W], [H, W, 1] or [H, W, 3], got " +
                       item.image.shape().str());
    }
    picture_height = (std::max)(picture_height, item.image.size(0) * options.scale);
    picture_width = (std::max)(picture_width, item.image.size(1) * options.scale);
    const auto lines = detail::lines_of(item.caption);
    text_lines = (std::max)(text_lines, static_cast<Index>(lines.size()));
    for (const auto line : lines) {
      text_width = (std::max)(text_width, Canvas::text_width(line, options.text_scale));
    }
  }
  const Index line = Canvas::line_height(options.text_scale);
  const Index title_scale = options.text_scale + 1;
  const Index title = options.title.empty() ? 0 : Canvas::line_height(title_scale) + options.gap / 2;
  const Index cell_width = (std::max)(picture_width, text_width);
  const Index text_gap = text_lines == 0 ? 0 : 3 * options.text_scale;
  const Index cell_height = picture_height + text_gap + text_lines * line;
  const Index grid_width = columns * (cell_width + options.gap) + options.gap;
  const Index title_width = Canvas::text_width(options.title, title_scale) + 2 * options.gap;
  Canvas canvas((std::max)(grid_width, title_width),
                title + rows * (cell_height + options.gap) + options.gap);
  canvas.text((canvas.width() - Canvas::text_width(options.title, title_scale)) / 2, options.gap,
              options.title, colors::black, title_scale);

  for (Index i = 0; i < count; ++i) {
    const GridItem& item = items[static_cast<std::size_t>(i)];
    const Index x =
        (canvas.width() - grid_width) / 2 + options.gap + i % columns * (cell_width + options.gap);
    Index y = title + options.gap + i / columns * (cell_height + options.gap);
    canvas.picture(x + (cell_width - item.image.size(1) * options.scale) / 2,
                   y + picture_height - item.image.size(0) * options.scale, item.image, options.scale);
    y += picture_height + text_gap;
    for (const auto text : detail::lines_of(item.caption)) {
      const Index width = Canvas::text_width(text, options.text_scale);
      canvas.text(x + (cell_width - width) / 2, y, text, item.color, options.text_scale);
      y += line;
    }
  }
  return std::move(canvas).image();
}

WICK_END_NAMESPACE
