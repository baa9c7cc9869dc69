#pragma once

// Pictures of another size.

#include <wick/base/error.hpp>
#include <wick/image/image.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline void check_resize(const char* where, const Shape& shape, Index height, Index width) {
  const bool three = shape.dim() == 3 && (shape[2] == 1 || shape[2] == 3);
  if ((shape.dim() != 2 && !three) || shape.numel() == 0) {
    throw ShapeError(std::string(where) +
                     ": expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got " + shape.str());
  }
  constexpr Index most = Index{64} << 20;
  if (height < 1 || width < 1 || width > most / height) {
    throw OptionError(std::string(where) + ": expected a size of 1 to " + std::to_string(most) +
                      " pixels, got " + std::to_string(width) + " x " + std::to_string(height));
  }
}

}  // namespace detail

/// `image`, (H, W), (H, W, 1) or (H, W, 3), as (height, width) with as many channels.
///
/// Every pixel of the result is the mean of the area of `image` that it covers, pixels
/// at the edge of that area in proportion, rounded to nearest, halves up. Enlarged by a
/// whole factor, a picture keeps its pixels as squares. Throws ShapeError for other
/// shapes and OptionError unless 1 <= height, width and height * width <= 64 Mi.
[[nodiscard]] inline Image resize_image(TensorArg<std::uint8_t> image, Index height, Index width) {
  detail::check_resize("resize_image", image.shape(), height, width);
  const Index from_height = image.size(0);
  const Index from_width = image.size(1);
  const Index channels = image.dim() == 3 ? image.size(2) : 1;
  Image result(image.dim() == 3 ? Shape{height, width, channels} : Shape{height, width});
  // Lengths are counted in units of which a pixel of `image` has `height` (downwards)
  // or `width` (to the right), and one of the result `from_height` or `from_width`.
  const auto overlap = [](Index i, Index i_length, Index k, Index k_length) {
    return (std::min)((i + 1) * i_length, (k + 1) * k_length) - (std::max)(i * i_length, k * k_length);
  };
  const auto area = static_cast<std::uint64_t>(from_height) * static_cast<std::uint64_t>(from_width);
  std::vector<std::uint64_t> sums(static_cast<std::size_t>(width * channels));
  std::uint8_t* out = result.data();
  for (Index y = 0; y < height; ++y) {
    std::ranges::fill(sums, 0);
    for (Index row = y * from_height / height; row * height < (y + 1) * from_height; ++row) {
      const auto down = static_cast<std::uint64_t>(overlap(y, from_height, row, height));
      const std::uint8_t* pixels = image.data() + row * from_width * channels;
      for (Index x = 0; x < width; ++x) {
        for (Index column = x * from_width / width; column * width < (x + 1) * from_width; ++column) {
          const auto weight = down * static_cast<std::uint64_t>(overlap(x, from_width, column, width));
          for (Index c = 0; c < channels; ++c) {
            sums[static_cast<std::size_t>(x * channels + c)] += weight * pixels[column * channels + c];
          }
        }
      }
    }
    for (const std::uint64_t sum : sums) *out++ = static_cast<std::uint8_t>((sum + area / 2) / area);
  }
  return result;
}

/// `image` in the middle of a picture of (height, width): as large as it fits with its
/// proportions kept, at least one pixel, around it `background` in every channel.
/// Throws as resize_image().
[[nodiscard]] inline Image fit_image(TensorArg<std::uint8_t> image, Index height, Index width,
                                     std::uint8_t background = 0) {
  detail::check_resize("fit_image", image.shape(), height, width);
  // round(a * b / c) within [1, most]; the products are below 2^63 for all pictures that fit in memory.
  const auto scaled = [](Index a, Index b, Index c, Index most) {
    return std::clamp((2 * a * b + c) / (2 * c), Index{1}, most);
  };
  const bool by_height = image.size(0) * width >= image.size(1) * height;
  const Index inner_height = by_height ? height : scaled(image.size(0), width, image.size(1), height);
  const Index inner_width = by_height ? scaled(image.size(1), height, image.size(0), width) : width;
  const Image inner = resize_image(image, inner_height, inner_width);
  const Index channels = image.dim() == 3 ? image.size(2) : 1;
  Image result =
      Image::full(image.dim() == 3 ? Shape{height, width, channels} : Shape{height, width}, background);
  const Index top = (height - inner_height) / 2;
  const Index left = (width - inner_width) / 2;
  for (Index y = 0; y < inner_height; ++y) {
    std::copy_n(inner.data() + y * inner_width * channels, inner_width * channels,
                result.data() + ((top + y) * width + left) * channels);
  }
  return result;
}

WICK_END_NAMESPACE
