#pragma once

// Definitions of loss/cross_entropy.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/loss/cross_entropy.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_label_smoothing(double smoothing) {
  if (smoothing >= 0 && smoothing <= 1) return;
  throw OptionError("cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: " +
                    python_repr(smoothing));
}

}  // namespace detail

WICK_END_NAMESPACE
