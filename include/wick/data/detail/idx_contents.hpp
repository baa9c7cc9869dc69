#pragma once

// What is in an IDX file, and whether two of them are images and their labels.

#include <wick/base/buffer.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The shape of the array in an IDX file, whose elements are all that follows its header.
[[nodiscard]] Shape parse_idx_header(std::span<const std::byte> bytes, std::string_view name);

/// The last n bytes of a file, in the memory into which it was read.
[[nodiscard]] Buffer<std::uint8_t> idx_elements(Buffer<std::byte> file, Index n);

/// Throws FormatError unless these are images (N, H, W), N, H and W >= 1, and a label below `classes` for
/// each.
void check_idx_images(const Shape& images, const std::string& images_name,
                      TensorView<const std::uint8_t> labels, const std::string& labels_name,
                      std::size_t classes);

/// Throws FormatError unless the images have this size.
void check_idx_image_size(const Shape& images, Index height, Index width, const std::string& images_name);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/data/detail/idx_contents.ipp>
#endif
