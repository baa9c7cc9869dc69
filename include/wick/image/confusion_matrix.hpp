#pragma once

// Confusion matrices as pictures.

#include <wick/image/canvas.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// How often class `row` was taken for class `column`, as a coloured table with the
/// counts. Colour is the share of the row. counts: (C, C), none negative; classes: C names.
/// Throws ShapeError for other shapes and OptionError for negative counts and for
/// more than 100 classes.
[[nodiscard]] inline Image confusion_matrix_chart(TensorArg<std::int64_t> counts,
                                                  std::span<const std::string> classes,
                                                  const std::string& title = "") {
  const auto n = static_cast<Index>(classes.size());
  if (!(counts.shape() == Shape{n, n}) || n == 0) {
    throw ShapeError("confusion_matrix_chart: expected counts of shape [" + std::to_string(n) + ", " +
                     std::to_string(n) + "] for " + std::to_string(n) + " classes, got " +
                     counts.shape().str());
  }
  if (n > 100) throw OptionError("confusion_matrix_chart: at most 100 classes, got " + std::to_string(n));
  constexpr Index scale = 2;
  constexpr Index pad = 16;
  const Index text = Canvas::text_height(scale);
  const Index line = Canvas::line_height(scale);
  Index names = 0;
  Index digits = 0;
  for (const auto& name : classes) names = (std::max)(names, Canvas::text_width(name, scale));
  for (const std::int64_t count : counts.span()) {
    if (count < 0) {
      throw OptionError("confusion_matrix_chart: counts must be >= 0, got " + std::to_string(count));
    }
    digits = (std::max)(digits, Canvas::text_width(std::to_string(count), scale));
  }
  const Index cell = (std::max)(Index{44}, digits + 12);
  const Index left = pad + line + pad + names + pad / 2;
  const Index heading = title.empty() ? 0 : Canvas::line_height(scale + 1) + pad;
  const Index top = pad + heading + line + pad / 2 + names + pad / 2;
  const Index width = (std::max)(left + n * cell + pad, Canvas::text_width(title, scale + 1) + 2 * pad);
  Canvas canvas(width, top + n * cell + pad);

  canvas.text((width - Canvas::text_width(title, scale + 1)) / 2, pad, title, colors::black, scale + 1);
  canvas.text(left + (n * cell - Canvas::text_width("predicted", scale)) / 2, pad + heading, "predicted",
              colors::gray, scale);
  canvas.text(pad, top + (n * cell + Canvas::text_width("actual", scale)) / 2, "actual", colors::gray, scale,
              true);
  for (Index i = 0; i < n; ++i) {
    const std::string& name = classes[static_cast<std::size_t>(i)];
    const Index middle = i * cell + (cell - text) / 2;
    canvas.text(left - pad / 2 - Canvas::text_width(name, scale), top + middle, name, colors::black, scale);
    canvas.text(left + middle, top - pad / 2, name, colors::black, scale, true);
    double sum = 0;
    for (Index j = 0; j < n; ++j) sum += static_cast<double>(counts.data()[i * n + j]);
    for (Index j = 0; j < n; ++j) {
      const std::int64_t count = counts.data()[i * n + j];
      const double share = sum > 0 ? static_cast<double>(count) / sum : 0;
      // The square root makes rare confusions visible.
      const double depth = std::sqrt(share);
      const Color from = i == j ? colors::blue : colors::red;
      const auto mix = [&](std::uint8_t c) {
        return static_cast<std::uint8_t>(std::lround(255 - depth * (255 - c)));
      };
      const Color fill{mix(from.red), mix(from.green), mix(from.blue)};
      canvas.rectangle(left + j * cell, top + i * cell, cell - 1, cell - 1, fill);
      const std::string number = std::to_string(count);
      const Color ink = count == 0 ? colors::light_gray : depth > 0.6 ? colors::white : colors::black;
      canvas.text(left + j * cell + (cell - 1 - Canvas::text_width(number, scale)) / 2,
                  top + i * cell + (cell - 1 - text) / 2, number, ink, scale);
    }
  }
  return std::move(canvas).image();
}

WICK_END_NAMESPACE
