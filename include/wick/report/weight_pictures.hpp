#pragma once

// What the units of a first layer look for, as pictures.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/report/report.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// For Report::weights: a picture for each of the first `most` rows of weights (units, height * width) of a
/// layer that sees grey pictures of that size: 128 is a weight of 0, lighter is more, darker is less, and the
/// largest of all shown, either way, is 1 or 255. Weights that are not finite are 128. Throws ShapeError for
/// other shapes, OptionError unless height and width are at least 1.
template <Floating T>
[[nodiscard]] std::vector<ReportPicture> weight_pictures(TensorView<const T> weights, Index height,
                                                         Index width, Index most = 64) {
  if (height < 1 || width < 1) {
    throw OptionError("weight_pictures: expected a height and a width of at least 1, got " +
                      std::to_string(height) + " and " + std::to_string(width));
  }
  if (weights.dim() != 2 || weights.size(1) / height != width || weights.size(1) % height != 0) {
    throw ShapeError("weight_pictures: expected weights (units, " + std::to_string(height) + " * " +
                     std::to_string(width) + "), got " + weights.shape().str());
  }
  const Index shown = std::clamp(most, Index{0}, weights.size(0));
  const Index pixels = weights.size(1);
  double largest = 0;
  for (Index i = 0; i < shown * pixels; ++i) {
    const auto w = static_cast<double>(weights.data()[i]);
    if (is_finite(w)) largest = (std::max)(largest, std::abs(w));
  }
  std::vector<ReportPicture> pictures;
  for (Index unit = 0; unit < shown; ++unit) {
    ReportPicture picture{std::to_string(unit), Tensor<std::uint8_t>(Shape{height, width})};
    for (Index i = 0; i < pixels; ++i) {
      constexpr double middle = 128;
      constexpr double most_change = 127;
      const auto w = static_cast<double>(weights.data()[unit * pixels + i]);
      const double change = largest > 0 && is_finite(w) ? w / largest * most_change : 0;
      picture.pixels.data()[i] = static_cast<std::uint8_t>(std::lround(middle + change));
    }
    pictures.push_back(std::move(picture));
  }
  return pictures;
}
template <Floating T>
[[nodiscard]] std::vector<ReportPicture> weight_pictures(const Tensor<T>& weights, Index height, Index width,
                                                         Index most = 64) {
  return weight_pictures<T>(weights.view(), height, width, most);
}

WICK_END_NAMESPACE
