#pragma once

// Functions of one and two numbers over stretches of memory, for each level of vector instructions.

#include <wick/kernels/exponential.hpp>

#define WICK_KERNELS <wick/kernels/at_level/elementwise.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
