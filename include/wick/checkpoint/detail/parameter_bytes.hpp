#pragma once

// Where the parameters in a file lie, and whether a network can use them there.

#include <wick/base/types.hpp>
#include <wick/checkpoint/detail/described_network.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/dtype.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Parameters in memory that a network can use as it is.
struct InPlace {
  std::span<std::byte> bytes;  ///< empty if they cannot be used there
  std::vector<Index> offsets;  ///< of the elements of each, in the network's order
};

template <Floating T>
[[nodiscard]] std::span<T> numbers_in(const InPlace& in_place) noexcept {
  return {static_cast<T*>(static_cast<void*>(in_place.bytes.data())), in_place.bytes.size() / sizeof(T)};
}

/// Where the parameters lie in `memory`, if they can stay there: of the type `dtype`, each at a multiple of
/// 64 bytes with room up to the next one, and without much else between them, buffers not at all. What is
/// between them becomes zero.
InPlace parameters_in_place(const std::vector<ExpectedParameter>& expected, const StateDict& parameters,
                            DType dtype, std::span<std::byte> memory);

/// Throws FormatError when parameters share so many of their bytes that a network, which has memory for each
/// of them, `item` bytes for an element, would take far more than the file: one matrix under a thousand names
/// is as small there as one under one name.
void check_shared_bytes(const StateDict& parameters, std::size_t item, const std::string& name);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/checkpoint/detail/parameter_bytes.ipp>
#endif
