#pragma once

// Definitions of random/distributions.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/kernels/elementary.hpp>
#include <wick/random/distributions.hpp>
#include <wick/random/generator.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE Tensor<std::int64_t> randperm(Index n, Generator& g) {
  if (n < 0) throw OptionError("randperm: n must be >= 0, got " + std::to_string(n));
  Tensor<std::int64_t> t(Shape{n});
  detail::permutation(t.span(), g);
  return t;
}

WICK_END_NAMESPACE
