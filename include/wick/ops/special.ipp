#pragma once

// Definitions of ops/special.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/ops/special.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_polygamma(Index order) {
  constexpr Index most = 100;
  if (order >= 0 && order <= most) return;
  throw OptionError("polygamma(n, x) supports n from 0 to 100, got " + std::to_string(order));
}

WICK_INLINE void check_logit(double eps) {
  if (eps > 0.5) throw OptionError("logit: eps has to be at most 0.5, got " + std::to_string(eps));
}

}  // namespace detail

WICK_END_NAMESPACE
