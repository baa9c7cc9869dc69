#pragma once

// The kernels of kernels/elementwise.hpp, for each level.

#include <wick/kernels/detail/exponential.hpp>
#include <wick/kernels/detail/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/elementwise.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
