#pragma once

// What powers() keeps of its bases.

#include <wick/version.hpp>

#include <array>
#include <cstddef>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A number as a sum of two, of which the second is what the first lacks.
struct TwoParts {
  double high;
  double low;
};

/// base^(2^k) for each base and k < known.
template <std::size_t count>
struct PowerSquares {
  static constexpr std::size_t most = 24;

  std::array<double, count> bases{};
  std::size_t known = 0;
  std::array<std::array<TwoParts, count>, most> squares{};
};

}  // namespace detail

WICK_END_NAMESPACE
