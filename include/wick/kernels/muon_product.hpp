#pragma once

// A product of matrices in bfloat16, as Muon computes it.

#include <wick/version.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A product of matrices of numbers of bfloat16; rows are as far apart as the strides say.
struct MuonProduct {
  using Index = std::ptrdiff_t;

  Index rows, depth;
  const float* left;  ///< (rows, depth)
  Index left_stride;
  const float* right;  ///< (depth, columns), or (columns, depth) if it is transposed
  Index right_stride;
  bool transposed;
};

/// How many of `depth` products PyTorch adds up before it adds them to what was there.
[[nodiscard]] constexpr std::ptrdiff_t muon_depth(std::ptrdiff_t depth) noexcept {
  return depth > 1024 ? 1024 : 512;
}

}  // namespace detail

WICK_END_NAMESPACE
