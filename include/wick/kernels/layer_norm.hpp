#pragma once

// Layer normalisation for each level of vector instructions.

#include <wick/kernels/sums.hpp>

#define WICK_KERNELS <wick/kernels/at_level/layer_norm.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
