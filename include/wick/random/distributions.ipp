#pragma once

// Definitions of random/distributions.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/random/distributions.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

template <std::signed_integral Integer>
void permutation(std::span<Integer> out, Generator& g) noexcept {
  const std::size_t n = out.size();
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<Integer>(i);
  if (n >= (std::numeric_limits<std::uint32_t>::max)() / 20) {
    for (std::size_t i = 0; i < n; ++i)
      std::swap(out[i], out[as_integer<std::size_t>(g.random64() % (i + 1))]);
    return;
  }
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const std::size_t z = g.random32() % (n - i);
    std::swap(out[i], out[i + z]);
  }
}

}  // namespace detail

WICK_INLINE void randperm_(std::span<std::int64_t> out, Generator& g) noexcept {
  detail::permutation(out, g);
}
#if PTRDIFF_MAX < INT64_MAX
WICK_INLINE void randperm_(std::span<Index> out, Generator& g) noexcept { detail::permutation(out, g); }
#endif

WICK_INLINE Tensor<std::int64_t> randint(std::int64_t low, std::int64_t high, const Shape& shape,
                                         Generator& g) {
  Tensor<std::int64_t> t(shape);
  randint_(t.view(), low, high, g);
  return t;
}

WICK_INLINE Tensor<std::int64_t> randperm(Index n, Generator& g) {
  if (n < 0) throw OptionError("randperm: n must be >= 0, got " + std::to_string(n));
  Tensor<std::int64_t> t(Shape{n});
  detail::permutation(t.span(), g);
  return t;
}

WICK_END_NAMESPACE
