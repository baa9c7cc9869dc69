#pragma once

// Definitions of data/detail/idx_contents.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/data/detail/idx_contents.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

[[noreturn]] inline void fail_idx(std::string_view name, std::size_t offset, const std::string& what) {
  throw FormatError(std::string(name), offset, "IDX: " + what);
}

/// The name of a legal element type that wick does not read, or nothing.
[[nodiscard]] constexpr std::string_view unsupported_idx_type(unsigned code) noexcept {
  switch (code) {
    case 0x09:
      return "signed 8-bit integers";
    case 0x0B:
      return "16-bit integers";
    case 0x0C:
      return "32-bit integers";
    case 0x0D:
      return "32-bit floats";
    case 0x0E:
      return "64-bit floats";
    default:
      return {};
  }
}

WICK_INLINE Shape parse_idx_header(std::span<const std::byte> bytes, std::string_view name) {
  const auto at = [&](std::size_t i) -> unsigned {
    if (i >= bytes.size()) fail_idx(name, bytes.size(), "the file ends inside the header");
    return std::to_integer<unsigned>(bytes[i]);
  };
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    if (at(i) != 0) {
      fail_idx(name, i, "expected two zero bytes at the beginning, got " + std::to_string(at(i)));
    }
  }
  const unsigned type = at(2);
  if (const auto other = unsupported_idx_type(type); !other.empty()) {
    fail_idx(name, 2,
             "the elements are " + std::string(other) + "; only unsigned bytes (type 8) are supported");
  }
  if (type != 0x08) {
    fail_idx(name, 2, "expected element type 8 (unsigned bytes), got " + std::to_string(type));
  }
  const std::size_t rank = at(3);
  if (rank < 1 || rank > Shape::max_rank) {
    fail_idx(name, 3, "expected 1 to 8 dimensions, got " + std::to_string(rank));
  }
  std::array<Index, Shape::max_rank> dims{};
  std::string text;
  std::size_t offset = 4;
  for (std::size_t d = 0; d < rank; ++d, offset += 4) {
    const std::uint32_t size =
        std::uint32_t{at(offset)} << 24 | at(offset + 1) << 16 | at(offset + 2) << 8 | at(offset + 3);
    text.append(d == 0 ? "[" : ", ").append(std::to_string(size));
    if (!std::in_range<Index>(size))
      fail_idx(name, offset, "dimension " + std::to_string(size) + " is too large");
    dims[d] = static_cast<Index>(size);
  }
  text += ']';
  const std::span<const Index> shape(dims.data(), rank);
  const auto count = checked_numel(shape);
  if (!count) fail_idx(name, 4, "the number of elements of " + text + " does not fit in 63 bits");
  const std::size_t got = bytes.size() - offset;
  if (got != *count) {
    fail_idx(name, got < *count ? bytes.size() : offset + static_cast<std::size_t>(*count),
             std::string(got < *count ? "truncated" : "bytes are left over") + ": expected " +
                 std::to_string(*count) + " bytes of elements for shape " + text + ", got " +
                 std::to_string(got));
  }
  return Shape(shape);
}

WICK_INLINE Buffer<std::uint8_t> idx_elements(Buffer<std::byte> file, Index n) {
  const auto contents = std::make_shared<Buffer<std::byte>>(std::move(file));
  if (n > 0) {
    std::memmove(contents->data(), contents->data() + (contents->size() - n), static_cast<std::size_t>(n));
  }
  auto* data = reinterpret_cast<std::uint8_t*>(contents->data());
  return Buffer<std::uint8_t>::over(data, n, contents);
}

WICK_INLINE void check_idx_images(const Shape& images, const std::string& images_name,
                                  TensorView<const std::uint8_t> labels, const std::string& labels_name,
                                  std::size_t classes) {
  if (images.dim() != 3) {
    throw FormatError(images_name, 3,
                      "expected images of shape [N, height, width], got " + images.str() +
                          "; are the paths of images and labels swapped?");
  }
  if (images.numel() == 0) {
    throw FormatError(images_name, 4, "there are no images: the shape is " + images.str());
  }
  if (labels.dim() != 1) {
    throw FormatError(labels_name, 3, "expected labels of shape [N], got " + labels.shape().str());
  }
  if (labels.size(0) != images[0]) {
    throw FormatError(labels_name, 4,
                      "expected " + std::to_string(images[0]) + " labels, one for each image of " +
                          images_name + ", got " + std::to_string(labels.size(0)));
  }
  for (Index i = 0; i < labels.numel(); ++i) {
    const std::uint8_t label = labels.data()[i];
    if (label >= classes) {
      throw FormatError(labels_name, 8 + static_cast<std::uint64_t>(i),
                        "expected labels below " + std::to_string(classes) + ", got label " +
                            std::to_string(label) + " at index " + std::to_string(i));
    }
  }
}

WICK_INLINE void check_idx_image_size(const Shape& images, Index height, Index width,
                                      const std::string& images_name) {
  if (images[1] != height || images[2] != width) {
    throw FormatError(images_name, 8,
                      "expected images of " + std::to_string(height) + " x " + std::to_string(width) +
                          " pixels, got shape " + images.str());
  }
}

}  // namespace detail

WICK_END_NAMESPACE
