#pragma once

// Steps of optimizers for each level of vector instructions; Adam's are in kernels/adam.hpp.

#include <wick/kernels/optimizer_scalars.hpp>
#include <wick/kernels/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/optimizers.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
