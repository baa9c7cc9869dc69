#pragma once

// The kernels of kernels/layer_norm.hpp, for each level.

#include <wick/kernels/detail/sums.hpp>
#include <wick/kernels/detail/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/layer_norm.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
