#pragma once

// The kernels of kernels/log_softmax.hpp, for each level.

#include <wick/kernels/detail/elementwise.hpp>
#include <wick/kernels/detail/product.hpp>
#include <wick/kernels/detail/sums.hpp>
#include <wick/kernels/detail/vector.hpp>
#include <wick/kernels/elementary.hpp>

#define WICK_KERNELS <wick/kernels/at_level/log_softmax.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
