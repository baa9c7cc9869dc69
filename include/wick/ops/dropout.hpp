#pragma once

// The mask of inverted dropout, drawn in PyTorch's order.

#include <wick/core/number.hpp>
#include <wick/core/random.hpp>
#include <wick/core/tensor.hpp>

#include <bit>
#include <cstdint>
#include <string>

namespace wick::inline WICK_ABI_NAMESPACE {

/// Factor of a kept element: 1 / (1 - p), rounded as PyTorch rounds it.
template <Floating T>
[[nodiscard]] T dropout_scale(double p) noexcept {
  return T(1) / static_cast<T>(1.0 - p);
}

/// Fills `mask` with 0 (probability p) or 1 / (1 - p), the mask that
/// torch.nn.functional.dropout(x, p, training=True) multiplies by.
///
/// Two 32-bit draws for each element in row-major order, whatever T is; none when
/// p is 0 or 1. Throws OptionError unless 0 <= p <= 1.
template <Floating T>
void dropout_mask(TensorView<T> mask, double p, Generator& g) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw OptionError("dropout probability has to be between 0 and 1, but got " + python_repr(p));
  }
  if (p == 0.0 || p == 1.0) {
    mask.fill(p == 0.0 ? T(1) : T(0));
    return;
  }
  const T scale = dropout_scale<T>(p);
  // An element is kept when its 53 bits are below the threshold. They are compared word
  // by word: the high one alone where the low word of the threshold is 0, as for p = 0.5,
  // and signed, which is what processors compare in vectors.
  const std::uint64_t threshold = detail::bernoulli_threshold(1.0 - p);
  const auto high = static_cast<std::int32_t>(threshold >> 32);
  constexpr std::uint32_t sign = 0x80000000U;
  const auto low = std::bit_cast<std::int32_t>(static_cast<std::uint32_t>(threshold) ^ sign);
  if (static_cast<std::uint32_t>(threshold) == 0) {
    g.random32_pairs(mask.span(), [=](std::uint32_t a, std::uint32_t /*b*/) {
      return static_cast<std::int32_t>(a & 0x1FFFFFU) < high ? scale : T(0);
    });
    return;
  }
  g.random32_pairs(mask.span(), [=](std::uint32_t a, std::uint32_t b) {
    const auto bits = static_cast<std::int32_t>(a & 0x1FFFFFU);
    const bool below = std::bit_cast<std::int32_t>(b ^ sign) < low;
    return (bits < high) | ((bits == high) & below) ? scale : T(0);
  });
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
