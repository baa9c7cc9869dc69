#pragma once

// Softmax for each level of vector instructions.

#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/log_softmax.hpp>
#include <wick/kernels/sums.hpp>

#define WICK_KERNELS <wick/kernels/at_level/softmax.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
