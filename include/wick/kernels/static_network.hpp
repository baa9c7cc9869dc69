#pragma once

// Networks of fixed sizes for each level of vector instructions.

#include <wick/kernels/detail/activation.hpp>
#include <wick/kernels/detail/matrix_vector.hpp>
#include <wick/kernels/detail/product.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// How StaticNetwork keeps its parameters: for each layer the bias and behind it the weight, each in whole
/// cache lines, on every level of vector instructions alike.
template <class T>
struct StaticLayout {
  using Index = std::ptrdiff_t;

  static constexpr Index padded(Index n) noexcept {
    constexpr auto unit = 64 / static_cast<Index>(sizeof(T));
    return (n + unit - 1) / unit * unit;
  }
  /// Layers that affine_forward computes as dot products keep their weights as they are; the others have them
  /// transposed, block by block, (in, block) each and the last one as wide as is left of padded(out): so they
  /// are read as they lie.
  static constexpr bool is_narrow(Index out) noexcept { return out <= 16; }
  static constexpr Index block = 256 / static_cast<Index>(sizeof(T));

  static constexpr Index size(Index in, Index out) noexcept {
    return padded(out) + (is_narrow(out) ? padded(in * out) : in * padded(out));
  }
  template <class... Sizes>
  static constexpr Index widest(Sizes... sizes) noexcept {
    Index most = 0;
    ((most = padded(sizes) > most ? padded(sizes) : most), ...);
    return most;
  }
};

}  // namespace detail

WICK_END_NAMESPACE

#define WICK_KERNELS <wick/kernels/at_level/static_network.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
