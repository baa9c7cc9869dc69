#pragma once

// Log-softmax for each level of vector instructions.

#include <wick/kernels/elementary.hpp>
#include <wick/kernels/elementwise.hpp>
#include <wick/kernels/exponential.hpp>
#include <wick/kernels/product.hpp>
#include <wick/kernels/sums.hpp>

#define WICK_KERNELS <wick/kernels/at_level/log_softmax.inl>
#include <wick/kernels/at_each_level.inl>
#undef WICK_KERNELS
