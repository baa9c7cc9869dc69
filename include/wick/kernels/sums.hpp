#pragma once

// Sums of rows and columns for each level of vector instructions.

#include <wick/kernels/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/sums.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
