#pragma once

// Definitions of nn/alpha_dropout.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/number.hpp>
#include <wick/nn/alpha_dropout.hpp>
#include <wick/ops/dropout.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

WICK_INLINE AlphaDropout::AlphaDropout(double p) : p_(p) { detail::check_dropout(p); }

WICK_INLINE std::string AlphaDropout::extra_repr() const {
  return "p=" + python_repr(p_) + ", inplace=False";
}

WICK_INLINE FeatureAlphaDropout::FeatureAlphaDropout(double p) : p_(p) { detail::check_dropout(p); }

WICK_INLINE std::string FeatureAlphaDropout::extra_repr() const {
  return "p=" + python_repr(p_) + ", inplace=False";
}

WICK_END_NAMESPACE
