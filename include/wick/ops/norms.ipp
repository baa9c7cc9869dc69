#pragma once

// Definitions of ops/norms.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/norms.hpp>

#include <array>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Axes normalized_axes(const char* where, const Shape& x, const Shape& normalized) {
  const std::size_t count = normalized.dim();
  if (count == 0 || count > x.dim() || !(Shape(x.dims().last(count)) == normalized)) {
    throw ShapeError(std::string(where) + ": Given normalized_shape=" + normalized.str() +
                     ", expected input with such a shape at its end, but got input of size " + x.str());
  }
  std::array<Index, Shape::max_rank> last{};
  std::iota(last.begin(), last.end(), -static_cast<Index>(count));
  return Axes(std::span<const Index>(last.data(), count));
}

WICK_INLINE void check_norm_weight(const char* where, const char* what, const Shape& got,
                                   const Shape& normalized) {
  if (got == normalized) return;
  throw ShapeError(std::string(where) + ": Expected " + what +
                   " to be of same shape as normalized_shape, but got " + what + " of shape " + got.str() +
                   " and normalized_shape = " + normalized.str());
}

}  // namespace detail

WICK_END_NAMESPACE
