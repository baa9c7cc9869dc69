#pragma once

// From the inflated data of a PNG file to pixels.

#include <wick/image/detail/picture_bytes.hpp>
#include <wick/image/detail/png_structure.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Undoes the filters in `inflated`, in place, and writes the picture: (height, width, channels), 1 or 3
/// channels, the upper 8 bits of 16. `inflated` has png.header.inflated_size() bytes. Colours become grey as
/// (77 red + 150 green + 29 blue) / 256; what is transparent lets `background` through, or is opaque without
/// one. Throws FormatError for a filter that PNG does not know and for a colour that the palette does not
/// have.
[[nodiscard]] Tensor<std::uint8_t> png_pixels(const PictureBytes& file, const PngStructure& png,
                                              std::span<std::uint8_t> inflated, int channels,
                                              std::optional<std::uint8_t> background);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/image/detail/png_pixels.ipp>
#endif
