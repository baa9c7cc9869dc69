#pragma once

// Tensors between memory and files, whose numbers are little-endian.

#include <wick/tensor/any_tensor.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Reverses each of the numbers of `size` bytes.
inline void swap_bytes(std::span<std::byte> bytes, std::size_t size) {
  for (auto it = bytes.begin(); it != bytes.end(); it += static_cast<std::ptrdiff_t>(size)) {
    std::reverse(it, it + static_cast<std::ptrdiff_t>(size));
  }
}

/// `bytes` of numbers of `size` bytes in little-endian order; `storage` is used only on machines of the other
/// order.
[[nodiscard]] inline std::span<const std::byte> little_endian(std::span<const std::byte> bytes,
                                                              std::size_t size,
                                                              std::vector<std::byte>& storage) {
  if constexpr (std::endian::native == std::endian::little) {
    return bytes;
  } else {
    storage.assign(bytes.begin(), bytes.end());
    swap_bytes(storage, size);
    return storage;
  }
}

/// A tensor of the little-endian numbers in `bytes`, which `owner` keeps alive: a view, except on machines of
/// the other order, where it is a copy. Throws ShapeError when the number of bytes is wrong.
[[nodiscard]] inline AnyTensor tensor_from_little_endian(DType dtype, const Shape& shape,
                                                         std::span<const std::byte> bytes,
                                                         std::shared_ptr<const void> owner) {
  if constexpr (std::endian::native == std::endian::little) {
    return {dtype, shape, bytes, std::move(owner)};
  } else {
    auto copy = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
    swap_bytes(*copy, number_size(dtype));
    return {dtype, shape, std::span<const std::byte>(*copy), copy};
  }
}

}  // namespace detail

WICK_END_NAMESPACE
