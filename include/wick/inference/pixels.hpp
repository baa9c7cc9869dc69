#pragma once

// A picture as an application has it in memory.

#include <wick/version.hpp>

#include <cstddef>
#include <cstdint>

WICK_BEGIN_NAMESPACE

/// A view of one channel of a picture, or of a table of numbers, wherever it lies. Rows come from the top,
/// pixels from the left. Strides are distances in bytes and may be negative, e.g. in pictures that are stored
/// from the bottom.
///
///     Pixels::bytes(grey.data(), 28, 28)                          // one byte after the other
///     Pixels::bytes(rgba.data() + 1, width, height, stride, 4)    // the green of pixels of four bytes
struct Pixels {
  /// What a pixel is.
  enum class Type {
    bytes,  ///< 0 to 255; divided by 255, as torchvision's ToTensor does
    floats  ///< as ToTensor gives them, in [0, 1] for pictures
  };

  const void* data = nullptr;       ///< the first pixel of the upper row
  Type type = Type::bytes;          ///< of each pixel
  std::ptrdiff_t width = 0;         ///< pixels of a row
  std::ptrdiff_t height = 0;        ///< rows
  std::ptrdiff_t row_stride = 0;    ///< bytes from a row to the one below
  std::ptrdiff_t pixel_stride = 1;  ///< bytes from a pixel to the next

  /// `row_stride` 0: rows follow one another without gaps.
  [[nodiscard]] static constexpr Pixels bytes(const std::uint8_t* data, std::ptrdiff_t width,
                                              std::ptrdiff_t height, std::ptrdiff_t row_stride = 0,
                                              std::ptrdiff_t pixel_stride = 1) noexcept {
    return {data,        Type::bytes, width, height, row_stride != 0 ? row_stride : width * pixel_stride,
            pixel_stride};
  }
  /// As bytes(), for numbers that need no alignment.
  [[nodiscard]] static constexpr Pixels floats(
      const float* data, std::ptrdiff_t width, std::ptrdiff_t height, std::ptrdiff_t row_stride = 0,
      std::ptrdiff_t pixel_stride = static_cast<std::ptrdiff_t>(sizeof(float))) noexcept {
    return {data,        Type::floats, width, height, row_stride != 0 ? row_stride : width * pixel_stride,
            pixel_stride};
  }
};

WICK_END_NAMESPACE
