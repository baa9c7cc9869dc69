#pragma once

// Definitions of ops/parts.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/parts.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE Tensor<std::int64_t> from_the_start(TensorArg<std::int64_t> indices, Index size) {
  Tensor<std::int64_t> counted(indices);
  const std::int64_t count = size;
  for (std::int64_t& i : counted.span()) {
    if (i < 0 && i >= -count) i += count;
  }
  return counted;
}

}  // namespace detail

WICK_END_NAMESPACE
