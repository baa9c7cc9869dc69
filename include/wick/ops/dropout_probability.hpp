#pragma once

// Which probabilities dropout takes.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Throws OptionError unless 0 <= p <= 1.
inline void check_dropout(double p) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw OptionError("dropout probability has to be between 0 and 1, but got " + python_repr(p));
  }
}

}  // namespace detail

WICK_END_NAMESPACE
