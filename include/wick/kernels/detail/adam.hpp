#pragma once

// The kernels of kernels/adam.hpp, for each level.

#include <wick/kernels/detail/vector.hpp>
#include <wick/kernels/optimizer_scalars.hpp>

#define WICK_KERNELS <wick/kernels/at_level/adam.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
