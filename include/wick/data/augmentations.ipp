#pragma once

// Definitions of data/augmentations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/data/augmentations.hpp>

#include <cmath>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE void check_probability(const char* where, double p) {
  if (!(p >= 0 && p <= 1))
    throw OptionError(std::string(where) + ": expected p in [0, 1], got " + python_repr(p));
}

}  // namespace detail

WICK_INLINE void RandomRotation::check_options() const {
  if (!(degrees >= 0) || !is_finite(degrees)) {
    throw OptionError("RandomRotation: degrees must be finite and >= 0, got " + python_repr(degrees));
  }
}

WICK_INLINE void GaussianNoise::check_options() const {
  if (!(sigma >= 0) || !is_finite(sigma)) {
    throw OptionError("GaussianNoise: sigma must be finite and >= 0, got " + python_repr(sigma));
  }
}

WICK_END_NAMESPACE
