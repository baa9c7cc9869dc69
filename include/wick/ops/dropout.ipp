#pragma once

// Definitions of ops/dropout.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/ops/dropout.hpp>
#include <wick/random/distributions.hpp>
#include <wick/tensor/tensor.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_dropout(double p) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw OptionError("dropout probability has to be between 0 and 1, but got " + python_repr(p));
  }
}

}  // namespace detail

WICK_END_NAMESPACE
