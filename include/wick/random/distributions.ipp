#pragma once

// Definitions of random/distributions.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/random/distributions.hpp>

#include <cstdint>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE Tensor<std::int64_t> randperm(Index n, Generator& g) {
  if (n < 0) throw OptionError("randperm: n must be >= 0, got " + std::to_string(n));
  Tensor<std::int64_t> t(Shape{n});
  detail::permutation(t.span(), g);
  return t;
}

WICK_END_NAMESPACE
