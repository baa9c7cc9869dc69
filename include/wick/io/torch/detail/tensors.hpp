#pragma once

// From the bytes of a storage to the elements of a tensor.

#include <wick/base/buffer.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/torch/detail/pickle_graph.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/dtype.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Copies the elements of `item` bytes that `claim` picks out of `from` to `to`, row by row.
inline void gather(const TensorClaim& claim, const std::byte* from, std::size_t item, std::byte* to) {
  const auto dims = claim.shape.dims();
  if (claim.shape.numel() == 0) return;
  const std::size_t rank = dims.size();
  const auto row = static_cast<std::size_t>(rank == 0 ? 1 : dims[rank - 1]);
  // The stride of a dimension of size 1 may be anything.
  const std::size_t step = row == 1 ? item : static_cast<std::size_t>(claim.strides[rank - 1]) * item;
  std::array<Index, Shape::max_rank> at{};
  for (;;) {
    std::size_t offset = 0;
    for (std::size_t d = 0; d + 1 < rank; ++d) {
      if (at[d] != 0)
        offset += static_cast<std::size_t>(at[d]) * static_cast<std::size_t>(claim.strides[d]) * item;
    }
    if (step == item) {
      std::memcpy(to, from + offset, row * item);
    } else {
      for (std::size_t i = 0; i < row; ++i) std::memcpy(to + i * item, from + offset + i * step, item);
    }
    to += row * item;
    std::size_t d = rank < 2 ? 0 : rank - 1;
    while (d > 0 && ++at[d - 1] == dims[d - 1]) at[--d] = 0;
    if (d == 0) return;
  }
}

/// Changes the sign of every number of `width` bytes from the `first` on, or of every second one.
inline void change_signs(std::span<std::byte> bytes, std::size_t width, std::size_t first,
                         std::size_t every) {
  const std::size_t top = std::endian::native == std::endian::little ? width - 1 : 0;
  for (std::size_t i = first * width; i + width <= bytes.size(); i += every * width)
    bytes[i + top] ^= std::byte{0x80};
}

/// The tensor that `claim` picks out of `storage`, which `owner` keeps alive and which has been found to be
/// as large as claimed. A view where the elements lie row by row in this machine's byte order, else a copy.
[[nodiscard]] inline AnyTensor make_tensor(const TensorClaim& claim, std::span<const std::byte> storage,
                                           const std::shared_ptr<const void>& owner, bool other_byte_order) {
  const std::size_t item = item_size(claim.dtype);
  const auto bytes = static_cast<std::size_t>(claim.shape.numel()) * item;
  const std::size_t width = number_size(claim.dtype);
  const bool swapped = other_byte_order && width > 1;
  const auto from = storage.subspan(bytes == 0 ? 0 : static_cast<std::size_t>(claim.offset));
  if (claim.contiguous && !swapped && !claim.conjugate && !claim.negative) {
    return {claim.dtype, claim.shape, from.first(bytes), owner};
  }
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes));
  const std::span<std::byte> to(copy->data(), bytes);
  if (claim.contiguous) {
    std::ranges::copy(from.first(bytes), to.begin());
  } else {
    gather(claim, from.data(), item, to.data());
  }
  if (swapped) swap_bytes(to, width);
  if (claim.negative) change_signs(to, width, 0, 1);
  if (claim.conjugate) change_signs(to, width, 1, 2);
  return {claim.dtype, claim.shape, to, std::move(copy)};
}

/// The tensors of a graph, in its order; `storages` are the bytes of its storages, as large as claimed.
[[nodiscard]] inline std::vector<AnyTensor> make_tensors(
    const PickleGraph& graph, const std::vector<std::span<const std::byte>>& storages,
    const std::shared_ptr<const void>& owner, bool other_byte_order) {
  std::vector<AnyTensor> tensors;
  tensors.reserve(graph.tensors.size());
  for (const TensorClaim& claim : graph.tensors) {
    tensors.push_back(make_tensor(claim, storages[claim.storage], owner, other_byte_order));
  }
  return tensors;
}

}  // namespace detail

WICK_END_NAMESPACE
