#pragma once

// From pixel bytes to network inputs, with torchvision's arithmetic.

#include <wick/base/error.hpp>
#include <wick/base/types.hpp>

#include <array>
#include <cstdint>
#include <span>

WICK_BEGIN_NAMESPACE

/// torchvision.transforms.ToTensor for one pixel: x / 255, in [0, 1].
struct ToTensor {
  /// x / 255
  template <Floating T = float>
  [[nodiscard]] static constexpr T apply(std::uint8_t x) noexcept {
    return static_cast<T>(x) / T(255);
  }
};

/// torchvision.transforms.Normalize for images with one channel:
/// (x - mean) / std, on pixels in [0, 1].
///
/// mean and std are rounded to T first and every operation rounds, as in PyTorch;
/// the default maps [0, 1] to [-1, 1], and {0, 1} changes nothing.
struct Normalize {
  double mean = 0.5;  ///< finite
  double std = 0.5;   ///< finite and > 0

  /// (x - mean) / std
  template <Floating T>
  [[nodiscard]] constexpr T apply(T x) const noexcept {
    const T shifted = x - static_cast<T>(mean);
    return shifted / static_cast<T>(std);
  }
  friend bool operator==(const Normalize&, const Normalize&) = default;
};

/// Normalize(ToTensor(x)) for all 256 pixel values: a batch is table look-ups.
template <Floating T>
class PixelTable {
 public:
  /// Throws OptionError unless mean and std are finite and std > 0, in T as well.
  explicit PixelTable(const Normalize& normalize = {});

  /// The value of a pixel.
  [[nodiscard]] T operator[](std::uint8_t x) const noexcept { return values_[x]; }

  /// Writes the values of `pixels` to `out`, which must hold as many.
  void apply(std::span<const std::uint8_t> pixels, T* out) const noexcept {
    for (const std::uint8_t x : pixels) *out++ = values_[x];
  }

 private:
  std::array<T, 256> values_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/transforms.ipp>
#endif
