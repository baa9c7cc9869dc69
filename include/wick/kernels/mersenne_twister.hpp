#pragma once

// The Mersenne Twister for each level of vector instructions.

#include <wick/kernels/vector.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#define WICK_KERNELS <wick/kernels/at_level/mersenne_twister.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
