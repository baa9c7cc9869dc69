#pragma once

// Sums of long vectors and what else LBFGS computes, for each level of vector instructions.

#include <wick/kernels/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/lbfgs.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
