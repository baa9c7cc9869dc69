#pragma once

// Adam's step for each level of vector instructions.

#include <wick/kernels/optimizer_scalars.hpp>
#include <wick/kernels/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/adam.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
