#pragma once

// Adam's step for each level of vector instructions.

#include <wick/kernels/vector.hpp>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What one step multiplies by.
template <class T>
struct AdamScalars {
  T beta1, one_minus_beta1, beta2, one_minus_beta2;
  T step_size;  ///< -lr sqrt(1 - beta2^k) / (1 - beta1^k)
  T eps;        ///< eps sqrt(1 - beta2^k)
  T sign;       ///< -1 to maximise
  T weight_decay;
};

}  // namespace detail

WICK_END_NAMESPACE

#define WICK_KERNELS <wick/kernels/at_level/adam.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
