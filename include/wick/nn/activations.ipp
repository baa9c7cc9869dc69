#pragma once

// Definitions of nn/activations.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/nn/activations.hpp>

WICK_BEGIN_NAMESPACE

WICK_INLINE void CELU::refuse_wrong(double alpha) {
  if (alpha == 0) throw OptionError("CELU: alpha cannot be 0 for CELU");
}

WICK_INLINE void Hardtanh::refuse_wrong(double min_val, double max_val) {
  if (max_val > min_val) return;
  throw OptionError("Hardtanh: max_val (" + python_repr(max_val) + ") must be greater than min_val (" +
                    python_repr(min_val) + ")");
}

WICK_INLINE void RReLU::refuse_wrong(double lower, double upper) { detail::check_rrelu(lower, upper); }

WICK_INLINE Threshold::Threshold(double threshold, double value) : ActivationModule(threshold, value) {}

WICK_END_NAMESPACE
