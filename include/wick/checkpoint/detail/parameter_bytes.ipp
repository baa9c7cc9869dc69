#pragma once

// Definitions of checkpoint/detail/parameter_bytes.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/checkpoint/detail/parameter_bytes.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Where a tensor begins and is over, and one more number of it: where the room behind it is over, or the
/// size of its elements.
struct Place {
  std::uintptr_t begin, end, more;
};
inline std::vector<Place> sorted_by_begin(const std::vector<Place>& places) {
  std::vector<Place> result;
  result.reserve(places.size());
  for (const std::size_t i : sorted_positions(places.size(), [&places](std::size_t a, std::size_t b) {
         return places[a].begin < places[b].begin;
       })) {
    result.push_back(places[i]);
  }
  return result;
}

WICK_INLINE InPlace parameters_in_place(const std::vector<ExpectedParameter>& expected,
                                        const StateDict& parameters, DType dtype,
                                        std::span<std::byte> memory) {
  constexpr std::size_t unit = Buffer<std::byte>::alignment;
  constexpr std::size_t most_between = std::size_t{64} << 10;
  if (std::endian::native != std::endian::little || memory.empty() || parameters.size() != expected.size())
    return {};
  // Addresses as numbers: the tensors need not lie in `memory` at all.
  const auto address = [](const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p); };
  const std::uintptr_t start = address(memory.data());
  std::vector<Place> places;
  std::vector<Place> buffers;
  std::size_t bytes = 0;
  for (const ExpectedParameter& p : expected) {
    const AnyTensor* tensor = parameters.find(p.name);
    if (tensor != nullptr && p.part == ExpectedParameter::Part::norm_buffer) {
      const std::uintptr_t from = address(tensor->bytes().data());
      buffers.push_back({from, from + tensor->bytes().size(), 0});
      continue;
    }
    if (tensor == nullptr || tensor->dtype() != dtype) return {};
    const std::uintptr_t at = address(tensor->bytes().data());
    const std::size_t size = tensor->bytes().size();
    if (size > (std::numeric_limits<std::size_t>::max)() - unit) return {};
    const std::size_t padded = (size + unit - 1) / unit * unit;
    if (at < start || at - start > memory.size() || padded > memory.size() - (at - start) || at % unit != 0)
      return {};
    places.push_back({at - start, at - start + size, at - start + padded});
    bytes += padded;
  }
  const std::vector<Place> in_order = sorted_by_begin(places);
  for (std::size_t i = 1; i < in_order.size(); ++i) {
    if (in_order[i].begin < in_order[i - 1].more) return {};
  }
  const std::size_t first = in_order.front().begin;
  const std::size_t last = in_order.back().more;
  if (last - first - bytes > (std::max)(most_between, bytes / 4)) return {};
  for (const Place& buffer : buffers) {
    if (buffer.begin < start + last && start + first < buffer.end) return {};
  }
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    const std::size_t from = in_order[i].end;
    const std::size_t to = i + 1 < in_order.size() ? in_order[i + 1].begin : last;
    const auto gap = memory.subspan(from, to - from);
    // Pages of a mapping that are only read stay shared.
    if (std::ranges::any_of(gap, [](std::byte b) { return b != std::byte{0}; }))
      std::ranges::fill(gap, std::byte{0});
  }
  InPlace result{memory.subspan(first, last - first), {}};
  for (const Place& place : places)
    result.offsets.push_back(static_cast<Index>((place.begin - first) / item_size(dtype)));
  return result;
}

WICK_INLINE void check_shared_bytes(const StateDict& parameters, std::size_t item, const std::string& name) {
  std::vector<Place> parts;
  for (const auto& [key, tensor] : parameters) {
    const auto begin = reinterpret_cast<std::uintptr_t>(tensor.bytes().data());
    if (tensor.numel() > 0)
      parts.push_back({begin, begin + tensor.bytes().size(), item_size(tensor.dtype())});
  }
  parts = sorted_by_begin(parts);
  // Passes to `each` how many bytes of each part are its own, and how many it shares with those before.
  const auto for_each = [&parts](auto&& each) {
    std::uintptr_t end = 0;
    for (const Place& part : parts) {
      const std::uintptr_t begin = (std::min)((std::max)(part.begin, end), part.end);
      each(part, part.end - begin, begin - part.begin);
      end = (std::max)(end, part.end);
    }
  };
  std::uint64_t once = 0;
  for_each([&](const Place&, std::uint64_t own, std::uint64_t) { once += own; });
  const std::uint64_t limit = (std::uint64_t{8} << 20) + 2 * once;
  std::uint64_t again = 0;
  for_each([&](const Place& part, std::uint64_t, std::uint64_t shared) {
    again += shared / part.more * item;
    if (again <= limit) return;
    throw FormatError(
        name, "the model's parameters are " + std::to_string(once) +
                  " bytes that many of them share, but a network has memory for each of them, more than " +
                  std::to_string(limit) +
                  " bytes for what is there already; if that is meant, load the state dict into a "
                  "Network of these sizes");
  });
}

}  // namespace detail

WICK_END_NAMESPACE
