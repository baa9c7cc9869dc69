#pragma once

// What Adafactor does with all elements of a matrix, for each level of vector instructions.

#include <wick/kernels/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/adafactor.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
