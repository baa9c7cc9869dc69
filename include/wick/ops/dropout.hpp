#pragma once

// The mask of inverted dropout, drawn in PyTorch's order.

#include <wick/core/number.hpp>
#include <wick/core/random.hpp>
#include <wick/core/tensor.hpp>

#include <array>
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
  const std::uint64_t threshold = detail::bernoulli_threshold(1.0 - p);
  constexpr std::size_t chunk = 512;
  std::array<std::uint32_t, 2 * chunk> bits;  // NOLINT: filled before it is read
  T* out = mask.data();
  std::size_t left = static_cast<std::size_t>(mask.numel());
  while (left > 0) {
    const std::size_t n = (std::min)(left, chunk);
    g.random32({bits.data(), 2 * n});
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t draw =
          (static_cast<std::uint64_t>(bits[2 * i] & 0x1FFFFFU) << 32) | bits[2 * i + 1];
      out[i] = draw < threshold ? scale : T(0);
    }
    out += n;
    left -= n;
  }
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
