#pragma once

// Definitions of ops/activations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/activations.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Shape prelu_weight_shape(const Shape& x, const Shape& weight) {
  if (weight.dim() > 1) {
    throw ShapeError("prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = " +
                     std::to_string(weight.dim()));
  }
  const Index channels = x.dim() > 1 ? x.dims()[1] : 1;
  if (weight.numel() != 1 && weight.numel() != channels) {
    throw ShapeError(
        "prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers = " +
        std::to_string(weight.numel()) + " and channel size = " + std::to_string(channels) + ".");
  }
  std::array<Index, Shape::max_rank> dims{};
  dims.fill(1);
  const std::size_t rank = x.dim();
  if (weight.numel() != 1) dims[1] = channels;
  return Shape(std::span<const Index>(dims.data(), rank));
}

WICK_INLINE void check_rrelu(double lower, double upper) {
  if (!(lower <= upper)) {
    throw OptionError("rrelu: Lower bound should be less than or equal to the upper bound, got " +
                      python_repr(lower) + " and " + python_repr(upper));
  }
}

}  // namespace detail

WICK_END_NAMESPACE
