#pragma once

// The kernels of kernels/softmax.hpp, for each level.

#include <wick/kernels/detail/log_softmax.hpp>
#include <wick/kernels/detail/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/softmax.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
