#pragma once

// Definitions of ops/search.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/search.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Index bins_of(TensorArg<std::int64_t> x, Index minlength) {
  if (x.dim() != 1) {
    throw ShapeError("bincount only supports 1-d non-negative integral inputs, got shape " + x.shape().str());
  }
  if (minlength < 0) throw OptionError("minlength should be >= 0, got " + std::to_string(minlength));
  Index bins = minlength;
  for (const std::int64_t v : x.span()) {
    if (v < 0 || v == (std::numeric_limits<std::int64_t>::max)()) {
      throw IndexError("bincount only supports 1-d non-negative integral inputs, got " + std::to_string(v));
    }
    bins = (std::max)(bins, static_cast<Index>(v) + 1);
  }
  return bins;
}

}  // namespace detail

WICK_INLINE Tensor<std::int64_t> bincount(TensorArg<std::int64_t> x, Index minlength) {
  auto out = Tensor<std::int64_t>::zeros({detail::bins_of(x, minlength)});
  for (const std::int64_t v : x.span()) ++out.data()[v];
  return out;
}

WICK_END_NAMESPACE
