#pragma once

// The kernels of kernels/activation_functions.hpp, for each level.

#include <wick/kernels/activation_names.hpp>
#include <wick/kernels/detail/elementwise.hpp>
#include <wick/kernels/detail/vector.hpp>

#define WICK_KERNELS <wick/kernels/at_level/activation_functions.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
