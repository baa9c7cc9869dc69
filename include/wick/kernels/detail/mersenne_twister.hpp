#pragma once

// The kernels of kernels/mersenne_twister.hpp, for each level.

#include <wick/kernels/detail/vector.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define WICK_KERNELS <wick/kernels/at_level/mersenne_twister.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
